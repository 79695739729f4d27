// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("JSON cursor")
struct JSONCursorTests {
  /// The members of the object that the text starts with, as raw text.
  private func members(_ text: [UInt8]) -> [(key: String, value: String)] {
    withBytes(text) { bytes in
      var found: [(key: String, value: String)] = []
      var cursor = JSONCursor(bytes)
      guard cursor.enterObject() else { return found }
      while let key = cursor.nextMember() {
        found.append((string(key), string(cursor.skipValue())))
        #expect(found.count <= bytes.count)
        if found.count > bytes.count { break }
      }
      return found
    }
  }

  @Test("The members of an object are found in their order, as they are written")
  func findsMembers() {
    let text =
      " { \"a\" : 1.50e1 , \"b\\\"}\":\"x\\\\\" ,\"\":[1,{\"]\":\"}\"}, [ ] ],\"d\":{},\"e\":null,\"a\":true } "
    let found = members(Array(text.utf8))
    #expect(found.map(\.key) == ["a", "b\\\"}", "", "d", "e", "a"])
    #expect(found.map(\.value) == ["1.50e1", "\"x\\\\\"", "[1,{\"]\":\"}\"}, [ ] ]", "{}", "null", "true"])
  }

  @Test("No members are found in an empty object, or in text that is not an object", arguments: ["{}", "{ }", "[]", "1", "", " ", "\"{\""])
  func findsNone(text: String) {
    #expect(members(Array(text.utf8)).isEmpty)
  }

  @Test(
    "The kind of a value follows from its first byte, after whitespace",
    arguments: [
      (" {}", JSONKind.object), ("[1]", .array), ("\n\"\"", .string), ("-1", .number), ("0", .number), ("9", .number),
      ("true", .true),
      ("false", .false), ("null", .null), ("", .invalid), (" ", .invalid), ("}", .invalid), ("x", .invalid),
    ])
  func tellsKind(text: String, kind: JSONKind) {
    withBytes(text) { #expect(JSONCursor($0).kind == kind) }
  }

  @Test("After an object the position is after its brace")
  func endsBehindObject() {
    let steps = withBytes("{\"a\":{\"b\":1},\"c\":2}") { bytes -> [String?] in
      var cursor = JSONCursor(bytes)
      guard cursor.enterObject() else { return [] }
      let outer = cursor.nextMember().map(string)
      guard cursor.enterObject() else { return [] }
      let inner = cursor.nextMember().map(string)
      let first = string(cursor.skipValue())
      let innerEnd = cursor.nextMember().map(string)
      let next = cursor.nextMember().map(string)
      let second = string(cursor.skipValue())
      return [outer, inner, first, innerEnd, next, second, cursor.nextMember().map(string), cursor.nextMember().map(string)]
    }
    #expect(steps == ["a", "b", "1", nil, "c", "2", nil, nil])
  }

  @Test("Values of any depth are skipped whole")
  func skipsDeepValues() {
    let deep = String(repeating: "[{\"a\":", count: 256) + "\"]}\"" + String(repeating: "}]", count: 256)
    withBytes(deep + ", 1") { bytes in
      var cursor = JSONCursor(bytes)
      let skipped = string(cursor.skipValue())
      #expect(skipped == deep)
    }
  }

  @Test("A text that the grammar makes is skipped whole")
  func skipsWhatTheGrammarMakes() {
    var grammar = JSONGrammar(seed: 53)
    for _ in 0..<2000 {
      let value = grammar.value()
      withBytes(" " + value + " ") { bytes in
        var cursor = JSONCursor(bytes)
        let skipped = string(cursor.skipValue())
        #expect(skipped == value)
      }
    }
  }

  @Test("Text that is not JSON is read to its end and no further")
  func survivesAnyBytes() {
    var random = SeededGenerator(seed: 59)
    let pieces = ["{", "}", "[", "]", "\"", "\\", ",", ":", "1", "true", " ", "\u{0}", "é", "\"a\"", "longer than a word"]
    for _ in 0..<5000 {
      let text = "{" + random.text(of: pieces, 0...14)
      _ = members(Array(text.utf8))
      withBytes(text) { bytes in
        var cursor = JSONCursor(bytes)
        let first = cursor.skipValue().count
        let second = cursor.skipValue().count
        #expect(first + second <= bytes.count)
      }
    }
  }
}
