// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("A web request's texts from Swift strings")
struct RequestTextsTests {
  private func read(_ fill: (inout RequestTexts) -> Void) throws -> String {
    var texts = RequestTexts()
    fill(&texts)
    let rules = try RequestRules(options([]), nil, hasLocalEndpoint: false)
    let completion = try CompletionSettings(options([]))
    var visit = PageVisit()
    var request = WebRequest()
    let rule = try texts.withInput(adding: nil) { input throws(Failure) in
      try rules.read(input, &request, into: &visit, completion)
    }
    return try rule.map { "\($0)" } ?? json(visit)
  }

  @Test("They make the same event as the request's JSON")
  func sameAsJSON() throws {
    let texts = try read {
      $0.set(.method, "GET")
      $0.set(.scheme, "https")
      $0.set(.host, "example.com")
      $0.set(.target, "/a?q=\u{e4}")
      $0.set(.status, "200")
      $0.set(.contentType, "text/html")
      $0.set(.remoteAddress, "192.0.2.7")
      if let number = withBytes("USER-Agent", { RequestHeaders.number(of: $0) }) { $0.set(number, "GPTBot/1.2") }
    }
    let same = """
      {"method":"GET","scheme":"https","host":"example.com","target":"/a?q=\u{e4}","status":200,"contentType":"text/html",\
      "remoteAddress":"192.0.2.7","headers":{"user-agent":"GPTBot/1.2"}}
      """
    #expect(try ReadRequest.visit(texts) == TPCCoreTests.read(same))
    #expect(texts.contains("GPTBot/1.2") && texts.contains("q=%C3%A4"))
  }

  @Test("A text without a byte is there, and one that is nil is not")
  func empty() throws {
    let empty = failure { () throws(Failure) in
      do { _ = try read { $0.set(.method, "") } } catch let failure as Failure { throw failure } catch {}
    }
    #expect(empty?.fieldText == "/target")
    let absent = failure { () throws(Failure) in
      do { _ = try read { $0.set(.method, nil) } } catch let failure as Failure { throw failure } catch {}
    }
    #expect(absent?.fieldText == "/method")
  }

  @Test("There is room for every part of a request", arguments: 0..<WebRequest.Part.count)
  func room(number: Int) throws {
    guard WebRequest.Part(rawValue: number) != nil else { return }
    var texts = RequestTexts()
    texts.set(number, "\(number)")
    let found = try texts.withInput(adding: nil) { input throws(Failure) in
      (input.count, input.text(number).map { string($0) })
    }
    #expect(found == (WebRequest.Part.count, "\(number)"))
  }

  @Test("The rules read no header of another name, and no number that is not one")
  func unknown() throws {
    #expect(withBytes("accept") { RequestHeaders.number(of: $0) } == nil)
    #expect(withBytes("") { RequestHeaders.number(of: $0) } == nil)
    let texts = try read {
      $0.set(.method, "GET")
      $0.set(.host, "example.com")
      $0.set(.target, "/")
      $0.set(-1, "x")
      $0.set(10_000, "x")
    }
    #expect(texts.contains("http://example.com/"))
  }
}
