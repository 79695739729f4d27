// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("JSON strings")
struct JSONStringTests {
  private func decode(_ escaped: [UInt8]) -> [UInt8] {
    withBytes(escaped) { bytes in written { JSONString.decode(bytes, into: &$0) } }
  }

  private func encode(_ text: String) -> String {
    withBytes(text) { bytes in writtenText { JSONString.encode(bytes, into: &$0) } }
  }

  @Test(
    "Escapes are decoded to the text that they stand for",
    arguments: [
      ("", ""), ("plain", "plain"),
      ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\u{8}\u{C}\n\r\t"), ("\\u0041\\u00e9\\u20AC", "Aé€"),
      ("\\ud83d\\ude00", "😀"), ("\\u0000", "\u{0}"), ("\\uFFFF", "\u{FFFF}"), ("a\\nb", "a\nb"), ("é\\té", "é\té"),
      ("\\ud800", "\u{FFFD}"), ("\\udc00", "\u{FFFD}"), ("\\ud800x", "\u{FFFD}x"), ("\\ud800\\n", "\u{FFFD}\n"),
      ("\\ud800\\u0041", "\u{FFFD}A"), ("\\ud800\\ud83d\\ude00", "\u{FFFD}😀"), ("\\udbff\\udfff", "\u{10FFFF}"),
      ("\\ud800\\udc00", "\u{10000}"), ("\\\\u0041", "\\u0041"),
    ])
  func decodes(escaped: String, text: String) {
    #expect(decode(Array(escaped.utf8)) == Array(text.utf8))
    withBytes(escaped) { left in
      withBytes(text) { #expect(JSONString.equals(left, $0)) }
      withBytes(text + "x") { #expect(!JSONString.equals(left, $0)) }
      if !text.isEmpty {
        withBytes(Array(text.utf8.dropLast())) { #expect(!JSONString.equals(left, $0)) }
        withBytes(Array(text.utf8.dropLast()) + [0x02]) { #expect(!JSONString.equals(left, $0)) }
      }
    }
  }

  @Test("An escape is not equal to its own letters")
  func comparesDecodedText() {
    withBytes("a\\n") { #expect(!JSONString.equals($0, $0)) }
  }

  @Test(
    "Only what RFC 8259 requires to be escaped is escaped",
    arguments: [
      ("", ""),
      ("plain text / é 日 😀 \u{7F}\u{2028}", "plain text / é 日 😀 \u{7F}\u{2028}"), ("\"", "\\\""), ("\\", "\\\\"),
      ("\u{8}\t\n\u{C}\r", "\\b\\t\\n\\f\\r"), ("\u{0}\u{1}\u{B}\u{1F}", "\\u0000\\u0001\\u000b\\u001f"),
      ("12345678\"12345678", "12345678\\\"12345678"), ("1234567\"", "1234567\\\""), ("a\u{1F}é\u{20}", "a\\u001fé "),
    ])
  func encodes(text: String, escaped: String) {
    #expect(encode(text) == escaped)
    withBytes(text) { #expect(JSONString.scan($0).needsEscape == (text != escaped)) }
  }

  @Test("Text that is escaped is JSON, decodes to itself, and a scan knows whether it changes")
  func roundTrips() {
    var random = SeededGenerator(seed: 61)
    let characters = [
      "a", "bc", "long plain text", "é", "日", "😀", "\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "\u{80}", "/",
    ]
    for _ in 0..<4000 {
      let text = random.text(of: characters, 0...10)
      let escaped = encode(text)
      #expect(offset("\"" + escaped + "\"", JSONSyntax.check) == nil)
      #expect(decode(Array(escaped.utf8)) == Array(text.utf8))
      withBytes(escaped) { left in withBytes(text) { #expect(JSONString.equals(left, $0)) } }
      withBytes(text) { bytes in
        let (flaw, needsEscape) = JSONString.scan(bytes)
        #expect(flaw == nil)
        #expect(needsEscape == (escaped != text))
      }
    }
  }

  @Test("A scan refuses what is not UTF-8, as the UTF-8 check does")
  func scansUTF8() {
    var random = SeededGenerator(seed: 67)
    for _ in 0..<4000 {
      var text = Array(random.text(of: ["a", "plain text", "é", "日", "😀"], 1...8).utf8)
      text[random.number(0...(text.count - 1))] = UInt8(random.number(0...255))
      withBytes(text) { #expect(JSONString.scan($0).flaw == UTF8Text.check($0)) }
    }
  }

  @Test("Text that is not a JSON string is decoded and compared without harm")
  func survivesAnyBytes() {
    var random = SeededGenerator(seed: 71)
    let pieces = ["\\", "\\u", "\\u12", "\\ud83d", "\\ude00", "a", "é", "\"", "\u{0}", "\\x"]
    for _ in 0..<4000 {
      let text = Array(random.text(of: pieces, 0...8).utf8)
      let decoded = decode(text)
      withBytes(text) { left in withBytes(decoded) { #expect(JSONString.equals(left, $0)) } }
    }
    #expect(decode(Array("a\\".utf8)) == Array("a?".utf8))
  }
}
