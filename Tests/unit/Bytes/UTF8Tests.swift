// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("UTF-8")
struct UTF8Tests {
  @Test(
    "Text of every script passes",
    arguments: ["", "plain", "12345678", "é", "Größe €", "日本語", "😀", "\u{0}\u{7F}\u{10FFFF}"])
  func takesText(text: String) {
    withBytes(text) { #expect(UTF8Text.check($0) == nil) }
  }

  @Test(
    "Malformed sequences are found where they start",
    arguments: [
      ([0x80], 0), ([0xBF], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xC3], 0), ([0xC3, 0x28], 0),
      ([0xE0, 0x9F, 0xBF], 0), ([0xE2, 0x82], 0), ([0xED, 0xA0, 0x80], 0), ([0xED, 0xBF, 0xBF], 0),
      ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF0, 0x9F, 0x98], 0),
      ([0xFE], 0), ([0xFF], 0), ([0x61, 0x62, 0x63, 0xFF], 3),
      ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xC3, 0xA9, 0x80], 11),
    ] as [([UInt8], Int)])
  func findsMalformed(text: [UInt8], offset: Int) {
    withBytes(text) { #expect(UTF8Text.check($0) == Flaw(offset: offset, byte: text[offset], expected: "")) }
  }

  @Test("The verdict on every pair of bytes is the standard library's")
  func agreesOnPairs() {
    for pair in 0...0xFFFF {
      let text = [UInt8(pair >> 8), UInt8(pair & 0xFF)]
      let isValid = String(validating: text, as: UTF8.self) != nil
      text.withUnsafeBufferPointer { #expect((UTF8Text.check($0) == nil) == isValid, "\(text)") }
    }
  }

  @Test("The verdict on text with bytes changed is the standard library's")
  func agreesOnChangedText() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<4000 {
      var text = Array(random.text(of: ["a", "é", "€", "한", "😀", "\u{10FFFF}", "\u{D7FF}", "\u{800}"], 1...12).utf8)
      text[random.number(0...(text.count - 1))] = UInt8(random.number(0...255))
      let isValid = String(validating: text, as: UTF8.self) != nil
      withBytes(text) { #expect((UTF8Text.check($0) == nil) == isValid, "\(text)") }
    }
  }

  @Test(
    "A cut is never longer than asked and never within a character",
    arguments: [
      ("abc", 2, 2), ("abc", 3, 3), ("abc", 99, 3), ("abc", 0, 0), ("abc", -5, 0), ("aé", 2, 1), ("aé", 3, 3), ("€", 1, 0),
      ("€", 2, 0), ("a😀b", 4, 1), ("a😀b", 5, 5), ("", 4, 0),
    ])
  func cuts(text: String, limit: Int, length: Int) {
    withBytes(text) { #expect(UTF8Text.cut($0, to: limit) == length) }
  }

  @Test("What is not UTF-8 is cut too")
  func cutsGarbage() {
    withBytes([UInt8](repeating: 0x80, count: 20)) { #expect(UTF8Text.cut($0, to: 10) == 10) }
  }
}
