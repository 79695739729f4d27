// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// Some messages are literals, so that they cost nothing until they are shown. Each limit that they name is held to its constant here.
@Suite("Limits in messages")
struct MessageLimitTests {
  private func grouped(_ number: Int) -> String {
    var digits = String(number)
    for place in stride(from: digits.count - 3, to: 0, by: -3) {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
    }
    return digits
  }

  private func text(_ literal: StaticString?) -> String { literal.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }

  @Test("The longest value of an option")
  func optionValue() {
    var options = Options()
    do throws(Failure) {
      try options.set(.name, String(repeating: "x", count: Options.maximumBytes + 1))
      Issue.record("a longer value is taken")
    } catch {
      #expect(error.messageText.hasSuffix("expected at most \(grouped(Options.maximumBytes)) bytes"))
    }
  }

  @Test("The longest name of a secret parameter")
  func secretName() {
    var options = Options()
    do throws(Failure) {
      try options.set(.redactQuery, String(repeating: "x", count: SecretNames.maximumNameBytes + 1))
      _ = try CompletionSettings(options)
      Issue.record("a longer name is taken")
    } catch {
      #expect(error.messageText.hasSuffix("expected names of at most \(SecretNames.maximumNameBytes) bytes"))
    }
  }

  @Test("The deepest nesting of JSON")
  func depth() {
    let flaw = withBytes(String(repeating: "[", count: JSONSyntax.maximumDepth + 1)) { JSONSyntax.check($0) }
    #expect(text(flaw?.expected) == "at most \(JSONSyntax.maximumDepth) levels of objects and arrays")
  }

  @Test("The most members of an event's JSON")
  func members() {
    let json = "{" + (0...JSONIndex.maximumMembers).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    var index = JSONIndex()
    let flaw = withBytes(json) { index.read($0) }
    #expect(text(flaw?.expected) == "at most \(grouped(JSONIndex.maximumMembers)), with those that are repeated")
  }

  @Test("The factor by which escapes may lengthen an event")
  func escapes() {
    #expect(FieldRule.textTooLarge(7, 6).messageText.contains("(six times max_event_bytes") && Limit.escaping == 6)
  }
}
