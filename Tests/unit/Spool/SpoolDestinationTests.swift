// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("The folder of a destination")
struct SpoolDestinationTests {
  private func number(_ settings: [(Option, String)], server: String = "https://a.example/") throws -> UInt64 {
    SpoolDestination.number(try options(settings), server: Array(server.utf8CString))
  }

  @Test("The same account has the same folder, whatever else is set")
  func same() throws {
    #expect(try number([(.apiKey, "key")]) == number([(.apiKey, "key")]))
    #expect(try number([(.apiKey, "key")]) == number([(.apiKey, "key"), (.queueMaxEvents, "7"), (.spoolDirectory, "/a")]))
  }

  @Test("Another credential has another folder, where nothing else says whose it is")
  func credential() throws {
    let all = try [
      number([(.apiKey, "key")]), number([(.apiKey, "kez")]), number([(.bearerToken, "key")]), number([(.sessionToken, "key")]), number([]),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test("With an organization or a product a new credential finds the old folder", arguments: [Option.organizationId, .organizationSlug, .productId, .productSlug])
  func rotated(option: Option) throws {
    #expect(try number([(option, "acme"), (.apiKey, "old")]) == number([(option, "acme"), (.apiKey, "new")]))
    #expect(try number([(option, "acme"), (.apiKey, "old")]) == number([(option, "acme"), (.bearerToken, "new")]))
    #expect(try number([(option, "acme"), (.apiKey, "old")]) != number([(option, "acne"), (.apiKey, "old")]))
    #expect(try number([(option, "acme"), (.apiKey, "old")]) != number([(.apiKey, "old")]))
  }

  @Test("Another server has another folder")
  func server() throws { #expect(try number([(.apiKey, "key")]) != number([(.apiKey, "key")], server: "https://b.example/")) }

  @Test("No two lists of texts have the same folder because they read alike when put together")
  func noConcatenation() throws {
    let names: [Option] = [.organizationId, .organizationSlug, .productId, .productSlug]
    var found: [UInt64: String] = [:]
    // All ways to spread letters over four texts, around the length of a word.
    for text in ["a", "aa", "aaa", "abababab", "ababababa", "aaaaaaaaaaaaaaaa"] {
      let letters = Array(text)
      for first in 0...letters.count {
        for second in first...letters.count {
          for third in second...letters.count {
            let parts = [letters[0..<first], letters[first..<second], letters[second..<third], letters[third...]].map { String($0) }
            let settings = zip(names, parts).filter { !$0.1.isEmpty }.map { ($0.0, $0.1) }
            let list = parts.joined(separator: ",")
            let known = found.updateValue(list, forKey: try number(settings))
            #expect(known == nil || known == list, "\(list) and \(known ?? "") have one folder")
          }
        }
      }
    }
    #expect(found.count > 1000)
  }
}
