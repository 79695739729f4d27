// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// JSON texts made by the grammar of RFC 8259.
struct JSONGrammar {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func space() -> String { random.number(0...3) > 0 ? "" : random.text(of: [" ", "\t", "\n", "\r"], 1...3) }

  mutating func string() -> String {
    let characters = [
      "a", "plain text ", "é", "日", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\uD83D\\uDE00", "\\ud800", "/", "{",
      "]", "\u{7F}",
    ]
    return "\"" + random.text(of: characters, 0...6) + "\""
  }

  mutating func number() -> String {
    random.pick(["", "-"]) + random.pick(["0", "7", "10", "123456789012345678901234567890"])
      + random.pick(["", ".0", ".25"]) + random.pick(["", "e0", "E+07", "e-400"])
  }

  mutating func value(_ depth: Int = 0) -> String {
    switch random.number(0...(depth > 4 ? 3 : 7)) {
    case 0: return random.pick(["true", "false", "null"])
    case 1: return number()
    case 2, 3: return string()
    case 4, 5:
      let values = (0..<random.number(0...3)).map { _ in space() + value(depth + 1) + space() }
      return "[" + (values.isEmpty ? space() : values.joined(separator: ",")) + "]"
    default:
      let members = (0..<random.number(0...3)).map { _ in
        space() + string() + space() + ":" + space() + value(depth + 1) + space()
      }
      return "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}"
    }
  }
}

/// A text's flaw, which the reader that lists members on the way has to report as well.
private func syntaxFlaw(_ text: Bytes) -> Flaw? {
  var index = JSONIndex()
  let (flaw, same) = (JSONSyntax.check(text), index.read(text))
  #expect(flaw == same && flaw?.isLimit == same?.isLimit)
  return flaw
}

@Suite("JSON syntax (RFC 8259)")
struct JSONSyntaxTests {
  @Test(
    "Every form that the grammar has is taken",
    arguments: [
      "0", "-0", "-0.0", "1e400", "1E+2", "1e-2", "0e1", "123456789012345678901234567890", "0.1", "-1.5e+10", "true", "false",
      "null",
      "\"\"", "\"a\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"",
      "\"\u{7F}\u{80}\u{FFFF}\"",
      "\"\u{FEFF}\"", "{}", "[]", "{ }", "[ ]", " \t\r\n[ 1 , 2 ]\n", "{\"\":{\"\":[]}}", "{\"a\":1,\"a\":2}", "[[],{},[[]]]",
      "\"12345678\"", "\"1234567\"", "\"1234567\\n\"", "\"\u{2028}\"",
    ])
  func takes(text: String) {
    #expect(offset(text, syntaxFlaw) == nil)
  }

  @Test(
    "Text that is not JSON is refused at the first offset where it stops being JSON",
    arguments: [
      ("", 0), (" ", 1), ("\u{FEFF}{}", 0), ("{", 1), ("}", 0), ("[", 1), ("]", 0), ("[}", 1), ("{]", 1), ("[1}", 2),
      ("{\"a\":1]", 6),
      ("[1,]", 3), ("[,1]", 1), ("[1,,2]", 3), ("[1 2]", 3), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{,}", 1),
      ("{a:1}", 1), ("{'a':1}", 1), ("{1:1}", 1), ("{\"a\" 1}", 5), ("{\"a\":1 \"b\":2}", 7), ("{\"a\"::1}", 5), ("{} {}", 3),
      ("1 2", 2),
      ("{}x", 2), ("{}\u{0}", 2), ("\u{0}", 0), ("1\u{0}", 1), ("[1\u{0}]", 2), ("\"a\u{0}\"", 2), ("\"a\n\"", 2),
      ("\"a\t\"", 2),
      ("\"\u{1F}\"", 1), ("\"", 1), ("\"abc", 4), ("\"12345678", 9), ("\"\\", 2), ("\"\\x\"", 2), ("\"\\u12\"", 5),
      ("\"\\u12g4\"", 5),
      ("\"\\U0041\"", 2), ("\"\\'\"", 2), ("01", 1), ("-", 1), ("-01", 2), ("+1", 0), (".5", 0), ("1.", 2), ("1.e1", 2),
      ("1e", 2), ("1e+", 3),
      ("0x10", 1), ("1_000", 1), ("1,5", 1), ("--1", 1), ("NaN", 0), ("nan", 1), ("Infinity", 0), ("-Infinity", 1), ("True", 0),
      ("tru", 3),
      ("nulL", 3), ("truee", 4), ("undefined", 0), ("// c\n1", 0), ("/* c */1", 0), ("1 // c", 2), ("[1]]", 3), ("\u{A0}1", 0),
      ("\u{C}1", 0), ("\u{B}1", 0), ("{\"a\":1", 6), ("[\"a", 3), ("\"a\"\"b\"", 3), ("é", 0),
    ])
  func refuses(text: String, at expected: Int) {
    #expect(offset(text, syntaxFlaw) == expected, "\(text)")
  }

  @Test(
    "Malformed UTF-8 is refused in strings and between tokens",
    arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80]] as [[UInt8]])
  func refusesMalformedUTF8(bytes: [UInt8]) {
    for (before, after) in [("\"", "\""), ("[\"plain text, long\", \"é", "\"]"), ("[1", "]")] {
      let text = Array(before.utf8) + bytes + Array(after.utf8)
      withBytes(text) { #expect(syntaxFlaw($0) != nil, "\(text)") }
    }
  }

  @Test("Nesting is taken to the limit, and refused as a limit beyond it")
  func limitsDepth() {
    let limit = JSONSyntax.maximumDepth
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[", "]}]")] {
      let levels = limit / (open.utf8.count > 5 ? 3 : 1)
      let inner = open.utf8.count > 5 ? 0 : 1
      let text = String(repeating: open, count: levels) + "0" + String(repeating: close, count: levels)
      #expect(offset(text, syntaxFlaw) == nil)
      let more = String(repeating: open, count: levels + inner) + "[[[0]]]" + String(repeating: close, count: levels + inner)
      withBytes(more) { #expect(syntaxFlaw($0)?.isLimit == true) }
    }
    let empty = String(repeating: "[", count: limit + 1) + String(repeating: "]", count: limit + 1)
    #expect(offset(empty, syntaxFlaw) == limit)
    #expect(offset("[" + empty.dropFirst(2).dropLast(2) + "]", syntaxFlaw) == nil)
    // What was closed before counts for nothing.
    let behind = { "{\"a\":{\"b\":0},\"c\":" + String(repeating: "[", count: $0) + String(repeating: "]", count: $0) + "}" }
    #expect(offset(behind(limit - 1), syntaxFlaw) == nil)
    withBytes(behind(limit)) { #expect(syntaxFlaw($0)?.isLimit == true) }
    withBytes("[1,]") { #expect(syntaxFlaw($0)?.isLimit == false) }
  }

  @Test("A million open brackets are refused at once, and a long flat array is taken")
  func boundsWork() {
    withBytes([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) { #expect(syntaxFlaw($0)?.isLimit == true) }
    #expect(offset("[" + String(repeating: "[],", count: 20000) + "{}]", syntaxFlaw) == nil)
  }

  @Test("Brackets are matched with their own kind at every level")
  func matchesBrackets() {
    var random = SeededGenerator(seed: 41)
    for _ in 0..<300 {
      let kinds = (0..<random.number(1...150)).map { _ in random.number(0...1) == 0 }
      var closing = kinds.reversed().map { $0 ? "}" : "]" }
      let opening = kinds.map { $0 ? "{\"a\":" : "[" }.joined() + "0"
      #expect(offset(opening + closing.joined(), syntaxFlaw) == nil)
      let wrong = random.number(0...(closing.count - 1))
      closing[wrong] = closing[wrong] == "}" ? "]" : "}"
      #expect(offset(opening + closing.joined(), syntaxFlaw) == opening.utf8.count + wrong)
    }
  }

  @Test("Whatever the grammar makes is taken, and refused when it is cut or goes on")
  func takesWhatTheGrammarMakes() {
    var grammar = JSONGrammar(seed: 43)
    for _ in 0..<3000 {
      let text = "[" + grammar.value() + "]"
      #expect(offset(text, syntaxFlaw) == nil, "\(text)")
      let length = grammar.random.number(0...(text.utf8.count - 1))
      withBytes(Array(text.utf8.prefix(length))) { #expect(syntaxFlaw($0) != nil) }
      #expect(offset(text + grammar.random.pick([",", "]", "x", "\u{0}", "0", "\"\""]), syntaxFlaw) == text.utf8.count)
    }
  }

  @Test("Any bytes are checked without harm")
  func survivesAnyBytes() {
    var grammar = JSONGrammar(seed: 47)
    for _ in 0..<5000 {
      var text = Array(grammar.value().utf8)
      for _ in 0..<grammar.random.number(0...3) {
        text[grammar.random.number(0...(text.count - 1))] = UInt8(grammar.random.number(0...255))
      }
      withBytes(text) { #expect((syntaxFlaw($0)?.offset ?? 0) <= text.count) }
    }
  }
}
