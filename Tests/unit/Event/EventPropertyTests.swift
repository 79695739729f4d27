// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Event properties")
struct EventPropertyTests {
  /// The JSON of the properties alone.
  private func properties(_ fill: (inout PageVisit) throws -> Void) throws -> String {
    let text = try json(try visit("x:y", fill))
    let start = #"{"event":"page_visit","page":{"href":"x:y"},"properties":"#
    #expect(text.hasPrefix(start) && text.hasSuffix("}"))
    return String(text.dropFirst(start.count).dropLast())
  }

  @Test("A property is a string, a number, a boolean or null")
  func kinds() throws {
    let text = try properties {
      try $0.setProperty("s", "text")
      try $0.setProperty("i", -42)
      try $0.setProperty("d", 0.5)
      try $0.setProperty("t", true)
      try $0.setProperty("f", false)
      try $0.setNullProperty("n")
    }
    #expect(text == #"{"s":"text","i":-42,"d":0.5,"t":true,"f":false,"n":null}"#)
  }

  @Test(
    "A number is the shortest text that reads back as the same one",
    arguments: [
      0.1, 1.0 / 3, 1e21, 1e22, 123_456_789.125, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -2.5, 100, 1e15, 1e16,
      9_007_199_254_740_992, 0, -0.0, 3.0e-7,
    ] as [Double])
  func doubles(value: Double) throws {
    let text = try properties { try $0.setProperty("n", value) }
    let digits = String(text.dropFirst(5).dropLast())
    #expect(Double(digits) == value && Double(digits)?.sign == value.sign)
    #expect(digits.utf8.count <= 24 && !digits.hasSuffix(".0"))
    #expect(withBytes(digits) { JSONSyntax.check($0) } == nil)
  }

  @Test("A number that JSON cannot write is refused by its key", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) throws {
    var visit = try visit()
    let refusal = failure { () throws(Failure) in try visit.setProperty("a/b~c", value) }
    #expect(refusal?.status == .invalidEvent && refusal?.fieldText == "/properties/a~1b~0c")
    #expect(try json(visit).contains("properties") == false)
  }

  @Test("Integers are exact from end to end", arguments: [Int64.min, -1, 0, 1, 9_007_199_254_740_993, Int64.max])
  func integers(value: Int64) throws {
    #expect(try properties { try $0.setProperty("n", Int(value)) } == "{\"n\":\(value)}")
  }

  @Test("A key set again has its last value, of whatever kind, in its first position")
  func replaces() throws {
    let text = try properties {
      try $0.setProperty("a", "1")
      try $0.setProperty("b", 2)
      try $0.setProperty("a", 3.5)
      try $0.setNullProperty("b")
      try $0.setProperty("c", true)
      try $0.setProperty("a", "last")
    }
    #expect(text == #"{"a":"last","b":null,"c":true}"#)
  }

  @Test("Any text is a key: empty, escaped, not ASCII", arguments: ["", "\"", "\\", "\n", "é", "😀", "a.b", "page", "__proto__"])
  func keys(key: String) throws {
    let visit = try visit { try $0.setProperty(key, "v") }
    #expect(member(try json(visit), "properties", key) == "v")
    let again = try withBytes(json(visit)) { try json(PageVisit(json: $0)) }
    #expect(try json(visit) == again)
  }

  @Test("A key that JSON escapes is the same key however it is written")
  func sameKey() throws {
    let text = #"{"event":"page_visit","page":{"href":"x:y"},"properties":{"\u0061\u0022":1,"a\"":2}}"#
    var visit = PageVisit()
    try withBytes(text) { try visit.read($0) }
    try visit.setProperty("a\"", 3)
    #expect(try json(visit).hasSuffix(#""properties":{"a\"":3}}"#))
  }

  @Test("A key of 1,024 bytes is taken and one of 1,025 refused with the limit, from a setter and from JSON alike")
  func keyLimit() throws {
    for (length, isTaken) in [(1024, true), (1025, false), (6145, false)] {
      let key = String(repeating: "k", count: length)
      var event = try visit()
      let set = failure { () throws(Failure) in try event.setProperty(key, 1) }
      let read = readingFailure("{\"event\":\"page_visit\",\"page\":{\"href\":\"x:y\"},\"properties\":{\"\(key)\":1}}")
      #expect((set == nil) == isTaken && (read == nil) == isTaken, "\(length) bytes")
      if !isTaken {
        #expect(set?.status == .tooLarge && set?.messageText.contains("1024") == true)
        #expect(read?.status == .tooLarge && read?.messageText.contains("1024") == true)
      }
    }
  }

  @Test("A key counts as decoded, however JSON writes it")
  func escapedKeyLimit() throws {
    let key = String(repeating: "\\u006b", count: 1024)
    #expect(readingFailure("{\"event\":\"page_visit\",\"page\":{\"href\":\"x:y\"},\"properties\":{\"\(key)\":1}}") == nil)
  }

  @Test("1,024 members are taken and one more is refused; a key that is there already is not one more")
  func memberLimit() throws {
    var visit = try visit()
    for index in 0..<1024 { try visit.setProperty("k\(index)", index) }
    let refusal = failure { () throws(Failure) in try visit.setProperty("more", 1) }
    #expect(refusal?.status == .tooLarge && refusal?.fieldText == "/properties")
    #expect(refusal?.messageText.contains("1024") == true)
    try visit.setProperty("k7", "again")
    #expect(member(try json(visit), "properties", "k7") == "again")
    let text = try json(visit)
    #expect(readingFailure(text) == nil)
  }

  @Test("Text that is not UTF-8 is refused as key and as value, and changes nothing")
  func badUTF8() throws {
    var visit = try visit { try $0.setProperty("k", "before") }
    let before = try json(visit)
    withBytes([0x6B]) { key in
      withBytes([0xC3, 0x28]) { bad in
        let value = failure { () throws(Failure) in try visit.setProperty(key, bad) }
        #expect(value?.status == .invalidEvent && value?.fieldText == "/properties/k")
        let name = failure { () throws(Failure) in try visit.setProperty(bad, Int64(1)) }
        #expect(name?.status == .invalidEvent && name?.fieldText == "/properties")
      }
    }
    #expect(try json(visit) == before)
  }

  @Test("The field of a refusal is UTF-8 itself, whatever the key was")
  func fieldIsUTF8() throws {
    var visit = try visit()
    withBytes([0xFF, 0xFE]) { key in
      withBytes([0xFF]) { bad in
        for refusal in [
          failure { () throws(Failure) in try visit.setProperty(key, Double.nan) },
          failure { () throws(Failure) in try visit.setProperty(key, bad) },
        ] {
          #expect(refusal.map { String(validating: $0.field, as: UTF8.self) } != .some(nil))
        }
      }
    }
  }
}
