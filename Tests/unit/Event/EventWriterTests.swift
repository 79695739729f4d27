// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// The writer reckons how much room an event needs and then writes it in one go, never beyond the room: were the reckoning too
/// small, text would be missing.
@Suite("Event writer")
struct EventWriterTests {
  @Test("An event with every name and no text is written whole")
  func emptyTexts() throws {
    let text = #"""
      {"event":"page_visit","sessionId":null,"anonymousId":null,"page":{"href":"a:","domain":"","pathname":"","title":null,\#
      "canonicalUrl":null},"request":{"referrer":null,"userAgent":null,"clientIp":null,"method":null},"sdk":{"name":"","version":"",\#
      "runtime":""},"properties":{}}
      """#
    #expect(try roundTrip(text) == text)
  }

  @Test(
    "1,024 members of the shortest kind are written whole, in every object",
    arguments: [
      "page", "request", "sdk", "properties", "",
    ])
  func shortMembers(container: String) throws {
    let names = (0..<1024).map { index in String(index, radix: 36) }
    let members = names.map { "\"\($0)\":1" }.joined(separator: ",")
    let inner = container.isEmpty ? "" : container == "page" ? "" : ",\"\(container)\":{\(members)}"
    let page = container == "page" ? ",\(members)" : ""
    let text = "{\"event\":\"page_visit\",\"page\":{\"href\":\"a:\"\(page)}\(inner)\(container.isEmpty ? "," + members : "")}"
    #expect(try roundTrip(text) == text)
  }

  @Test("Texts of every length up to a few hundred are written as they are")
  func lengths() throws {
    var event = try visit()
    for length in 0..<300 {
      let text = String((0..<length).map { Character(UnicodeScalar(UInt8(0x61 + ($0 * 7 + length) % 26))) })
      try event.set(.pageTitle, text)
      try event.setProperty("k" + text, text)
      let written = try json(event)
      #expect(member(written, "page", "title") == text && member(written, "properties", "k" + text) == text)
      event.clear()
      try event.set(.pageHref, "x:y")
    }
  }

  @Test("There is room for what is filled in, in events of all sizes")
  func completes() throws {
    for length in [0, 1, 50, 63, 64, 65, 127, 128, 400, 1000, 20_000] {
      let path = String(repeating: "p", count: length)
      let event = try visit("https://EXAMPLE.com/\(path)?token=\(path)&token=1&token=2#code=3")
      let text = try completed(event, [(.clientIP, "truncate"), (.maxEventBytes, "1048576")])
      #expect(member(text, "page", "pathname") == "/" + path)
      #expect(member(text, "page", "href") == "https://EXAMPLE.com/\(path)?token=REDACTED&token=REDACTED&token=REDACTED#code=REDACTED")
      #expect(text.map { withBytes($0) { JSONSyntax.check($0) } } == .some(nil))
    }
  }

  @Test("There is room when redaction makes a text longer", arguments: [1, 10, 1000, 30_000])
  func grows(count: Int) throws {
    let query = [String](repeating: "a=", count: count).joined(separator: "&")
    let text = try completed(try visit("x:?" + query), [(.redactQuery, "a"), (.maxEventBytes, "1048576")])
    #expect(member(text, "page", "href") == "x:?" + [String](repeating: "a=REDACTED", count: count).joined(separator: "&"))
  }
}
