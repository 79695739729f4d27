// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Failures")
struct FailureTests {
  private func message(_ flaw: Flaw) -> String { Failure(.invalidEvent, field: Array("/f".utf8), flaw: flaw).messageText }

  @Test("A flaw becomes a sentence: what was found, where, and what is expected")
  func flaws() {
    #expect(message(Flaw(offset: 3, byte: 0x78, expected: "a digit")) == "found 'x' at byte 3; expected a digit")
    #expect(message(Flaw(offset: 0, byte: 0x20, expected: "a digit")) == "found a space at byte 0; expected a digit")
    #expect(message(Flaw(offset: 12, byte: 0xC3, expected: "a digit")) == "found byte 0xC3 at byte 12; expected a digit")
    #expect(message(Flaw(offset: 1, byte: 0x0A, expected: "a digit")) == "found byte 0x0A at byte 1; expected a digit")
    #expect(message(Flaw(offset: 5, expected: "a digit")) == "found its end at byte 5; expected a digit")
    #expect(message(Flaw(offset: 2, byte: 0x61, found: "month 13", expected: "01 to 12")) == "found month 13 at byte 2; expected 01 to 12")
  }

  @Test("A description is the field and the message, and without a field the message alone")
  func descriptions() {
    #expect(Failure(.invalidOption, field: "api_key", "is bad").description == "api_key: is bad")
    #expect(Failure(.closed, "the client is closed").description == "the client is closed")
    #expect(Failure.outOfMemory.status == .noMemory && Failure.outOfMemory.field.isEmpty)
  }

  @Test(
    "Characters that a terminal or a log's reader would act on are shown as escapes, in field and message",
    arguments: [
      ("a\n\u{1B}[31mb\u{7F}", #"a\u000A\u001B[31mb\u007F"#), ("\u{9B}2J\u{80}\u{9F}\u{A0}", #"\u009B2J\u0080\u009F"# + "\u{A0}"),
      ("\u{202E}gnp\u{2066}\u{200F}\u{61C}\u{2028}", #"\u202Egnp\u2066\u200F\u061C\u2028"#), ("é 日 😀 ~ /", "é 日 😀 ~ /"), ("", ""),
    ])
  func printable(text: String, shown: String) {
    let failure = Failure(.invalidEvent, field: Array(text.utf8), message: Array(text.utf8))
    #expect(failure.fieldText == shown && failure.messageText == shown)
  }

  @Test("A byte that is not UTF-8 is shown as an escape")
  func printableBytes() {
    #expect(Failure(.closed, field: [0x61, 0x9B, 0xC3], message: []).fieldText == #"a\u009B\u00C3"#)
  }

  @Test("The statuses have the ABI's numbers")
  func numbers() {
    let statuses: [Status] = [
      .ok, .invalidArgument, .invalidOption, .invalidEvent, .invalidJSON, .tooLarge, .queueFull, .closed, .timeout, .noMemory,
      .bufferTooSmall,
      .system,
    ]
    #expect(statuses.map(\.rawValue) == Array((-11...0).reversed()))
  }

  @Test("A message takes texts, bytes and numbers of any size")
  func sentences() {
    var sentence = MessageBuilder()
    sentence.add("a")
    for number in [0, -1, 42, Int.max, Int.min] {
      sentence.add(" ")
      sentence.add(number)
    }
    sentence.add([0x21])
    sentence.add(Bytes("?"))
    #expect(String(decoding: sentence.text, as: UTF8.self) == "a 0 -1 42 \(Int.max) \(Int.min)!?")
  }

  @Test("Every byte can be named, and the name is plain ASCII")
  func bytes() {
    for byte in UInt8.min...UInt8.max {
      var sentence = MessageBuilder()
      sentence.add(byte: byte)
      #expect(sentence.text.count >= 3 && sentence.text.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
  }

  @Test("Every offset in a huge text is reported exactly")
  func offsets() {
    #expect(message(Flaw(offset: Int.max, byte: 0x61, expected: "b")).contains("at byte \(Int.max);"))
  }
}
