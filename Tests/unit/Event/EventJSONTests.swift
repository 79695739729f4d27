// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Events from JSON")
struct EventJSONTests {
  @Test(
    "An event in the contract's order comes back byte for byte",
    arguments: [
      #"{"event":"page_visit","page":{"href":"x:y"}}"#,
      #"{"event":"page_visit","occurredAt":"2026-01-02t03:04:05.123456789+14:00","eventId":"1","page":{"href":"x:y"}}"#,
      #"{"event":"page_visit","sessionId":null,"anonymousId":null,"page":{"href":"x:y","title":null,"canonicalUrl":null}}"#,
      #"{"event":"page_visit","page":{"href":"x:y"},"request":{},"sdk":{},"properties":{}}"#,
      #"{"event":"page_visit","page":{"href":"x:y","title":"é/😀\"\\\n"},"properties":{"k":"\u0000\ud83d"}}"#,
      #"{"event":"page_visit","page":{"href":"x:y"},"properties":{"n":1e400,"i":123456789012345678901234567890,"z":-0,"d":1.50}}"#,
    ])
  func identity(text: String) throws {
    #expect(try roundTrip(text) == text)
  }

  @Test("Members that the contract does not name are kept as they are, in every object")
  func unknownMembers() throws {
    let text = #"""
      {"x":[1, {"y" : null}], "event":"page_visit","page":{"p":{"q":1.0},"href":"x:y"},"request":{"ip":false},"sdk":{"":0},"v":{"\u0041":["\u00e9"]}}
      """#
    #expect(
      try roundTrip(text) == #"""
        {"event":"page_visit","page":{"href":"x:y","p":{"q":1.0}},"request":{"ip":false},"sdk":{"":0},"x":[1, {"y" : null}],\#
        "v":{"A":["é"]}}
        """#)
  }

  @Test("Of a member that occurs twice the last one counts, even when the first was wrong")
  func duplicates() throws {
    let text = #"""
      {"event":7,"event":"page_visit","eventId":"a","page":null,"page":{"href":"a:b","href":"x:y","z":1,"z":2},"q":1,\#
      "eventId":"b","q":2,"properties":{"k":[],"\u006b":true}}
      """#
    #expect(
      try roundTrip(text)
        == #"{"event":"page_visit","eventId":"b","page":{"href":"x:y","z":2},"properties":{"k":true},"q":2}"#)
    let refusal = readingFailure(#"{"event":"page_visit","page":{"href":"x:y"},"page":{}}"#)
    #expect(refusal?.fieldText == "/page/href")
  }

  @Test("A member's name counts as decoded, however it is escaped")
  func escapedNames() throws {
    let text = #"{"\u0065vent":"page_visit","p\u0061ge":{"\u0068ref":"x:y","titl\u0065":null}}"#
    #expect(try roundTrip(text) == #"{"event":"page_visit","page":{"href":"x:y","title":null}}"#)
  }

  @Test("A checked text is checked as decoded")
  func escapedValues() throws {
    #expect(
      try roundTrip(#"{"event":"page\u005fvisit","page":{"href":"https:\/\/h\/a"}}"#)
        == #"{"event":"page_visit","page":{"href":"https://h/a"}}"#)
    let refusal = readingFailure(#"{"event":"page_visit","page":{"href":"https://h/\u0020"}}"#)
    #expect(refusal?.fieldText == "/page/href" && refusal?.messageText.contains("a space") == true)
  }

  @Test(
    "What the contract refuses is refused with its pointer, what was found and what is expected",
    arguments: [
      ("[]", "", "found an array; expected an object"), ("null", "", "found null; expected an object"),
      ("{}", "/event", "is missing; expected \"page_visit\""),
      (#"{"event":"page_visit"}"#, "/page", "is missing; expected an object"),
      (#"{"event":1,"page":{"href":"x:y"}}"#, "/event", "found a number; expected a string"),
      (#"{"event":"x","page":{"href":"x:y"}}"#, "/event", "expected \"page_visit\""),
      (#"{"event":"page_visit","page":[]}"#, "/page", "found an array; expected an object"),
      (#"{"event":"page_visit","page":{}}"#, "/page/href", "is missing"),
      (#"{"event":"page_visit","page":{"href":null}}"#, "/page/href", "found null; expected a string"),
      (#"{"event":"page_visit","page":{"href":"x:y","title":1}}"#, "/page/title", "found a number; expected a string or null"),
      (#"{"event":"page_visit","page":{"href":"x:y","domain":null}}"#, "/page/domain", "found null; expected a string"),
      (#"{"event":"page_visit","page":{"href":"x:y","canonicalUrl":"/a"}}"#, "/page/canonicalUrl", "expected"),
      (#"{"event":"page_visit","page":{"href":"x:y"},"request":null}"#, "/request", "found null; expected an object"),
      (#"{"event":"page_visit","page":{"href":"x:y"},"request":{"method":true}}"#, "/request/method", "found true; expected a string or null"),
      (#"{"event":"page_visit","page":{"href":"x:y"},"sdk":{"name":null}}"#, "/sdk/name", "found null; expected a string"),
      (#"{"event":"page_visit","page":{"href":"x:y"},"sdk":"x"}"#, "/sdk", "found a string; expected an object"),
      (#"{"event":"page_visit","page":{"href":"x:y"},"properties":[]}"#, "/properties", "found an array; expected an object"),
      (#"{"event":"page_visit","page":{"href":"x:y"},"properties":{"a/b":{}}}"#, "/properties/a~1b", "found an object; expected a string, a number, a boolean or null"),
      (#"{"event":"page_visit","page":{"href":"x:y"},"properties":{"\u007e":[1]}}"#, "/properties/~0", "found an array"),
      (#"{"event":"page_visit","eventId":"","page":{"href":"x:y"}}"#, "/eventId", "found an empty text"),
      (#"{"event":"page_visit","eventId":null,"page":{"href":"x:y"}}"#, "/eventId", "found null; expected a string"),
      (#"{"event":"page_visit","occurredAt":"now","page":{"href":"x:y"}}"#, "/occurredAt", "expected"),
    ])
  func refuses(text: String, field: String, message: String) {
    let refusal = readingFailure(text)
    #expect(refusal?.status == .invalidEvent)
    #expect(refusal?.fieldText == field)
    #expect(refusal?.messageText.contains(message) == true, "\(String(describing: refusal))")
  }

  @Test(
    "Text that is not JSON is distinguished from an event that is refused, with the offset",
    arguments: [("", 0), (" ", 1), ("{", 1), ("{\"event\":\"page_visit\",}", 22), ("nul", 3), ("{}x", 2), ("{\"a\":01}", 6), ("\u{FEFF}{}", 0)])
  func noJSON(text: String, offset: Int) {
    let refusal = readingFailure(text)
    #expect(refusal?.status == .invalidJSON && refusal?.fieldText == "")
    #expect(refusal?.messageText.contains("at byte \(offset);") == true, "\(String(describing: refusal))")
  }

  @Test("No message or field holds a part of a refused value")
  func keepsSecrets() {
    for text in [
      #"{"event":"s3cret","page":{"href":"x:y"}}"#, #"{"event":"page_visit","page":{"href":"s3cret"}}"#,
      #"{"event":"page_visit","occurredAt":"s3cret","page":{"href":"x:y"}}"#,
      #"{"event":"page_visit","page":{"href":"x:y","canonicalUrl":"s3cret"}}"#, "{\"s3cret\"",
    ] {
      let refusal = readingFailure(text)
      #expect(refusal != nil && refusal?.description.contains("s3cret") == false)
    }
  }

  @Test("An event of 1 MiB is the largest that is read")
  func sizeLimit() throws {
    let frame = #"{"event":"page_visit","page":{"href":"x:y","title":""}}"#
    let fits = String(repeating: "a", count: (1 << 20) - frame.utf8.count)
    func event(_ title: String) -> String { #"{"event":"page_visit","page":{"href":"x:y","title":"\#(title)"}}"# }
    #expect(readingFailure(event(fits)) == nil)
    let refusal = readingFailure(event(fits + "a"))
    #expect(refusal?.status == .tooLarge && refusal?.messageText.contains("1048576") == true)
  }

  @Test("Escapes come back in their shortest form, and those that cannot be written otherwise as they are")
  func shortestEscapes() throws {
    let text = #"""
      {"event":"page_visit","sessionId":"\u00E9\/\u0022\u005c\u001F\u000a\u007f","page":{"href":"x:y","t\u00eft":"\uD83D\uDE00"},\#
      "properties":{"\uDC00\uD83D\uD83D\uDE00":"\ud83dx"},"x\u0020":[{"\u0061":"\u0062\u2028"}]}
      """#
    let wanted = #"""
      {"event":"page_visit","sessionId":"é/\"\\\u001f\n\#u{7F}","page":{"href":"x:y","tït":"😀"},\#
      "properties":{"\udc00\ud83d😀":"\ud83dx"},"x ":[{"a":"b\#u{2028}"}]}
      """#
    #expect(try roundTrip(text) == wanted)
    #expect(try roundTrip(wanted) == wanted)
  }

  @Test("A text that escapes every character is read when its event fits, and refused for its length when its event could not fit")
  func escapedLength() throws {
    func event(_ count: Int) -> String {
      #"{"event":"page_visit","page":{"href":"x:y"},"properties":{"k":"\#(String(repeating: #"\u0061"#, count: count))"}}"#
    }
    let frame = event(0).utf8.count
    #expect(try roundTrip(event((1 << 20) - frame)).utf8.count == 1 << 20)
    for count in [(1 << 20) - frame + 1, 1 << 21] {
      #expect(readingFailure(event(count))?.messageText.contains("1048576") == true)
    }
    var visit = PageVisit()
    try withBytes(event(1000)) { try visit.read($0, maximumBytes: 1100) }
    let refusal = #expect(throws: Failure.self) { try withBytes(event(1100)) { try visit.read($0, maximumBytes: 1100) } }
    #expect(refusal?.status == .tooLarge && refusal?.messageText.contains("at most 6600 (six times max_event_bytes") == true)
  }

  @Test("A thousand keys of one length, escaped or not, are distinguished in some ten comparisons each")
  func manyKeys() throws {
    var random = Random(seed: 7)
    let keys = (0..<1000).map { "\($0 + 1000)" }.shuffled(using: &random)
    for escape in ["", #"\u006b"#, #"\ud800"#] {
      let members = (keys + keys.prefix(20)).map { "\"\(escape)\($0)\":\($0)" }.joined(separator: ",")
      let text = try roundTrip(#"{"event":"page_visit","page":{"href":"x:y"},"properties":{\#(members)}}"#)
      #expect(text.components(separatedBy: ":1").count + text.components(separatedBy: ":0").count == 1002)
      for key in keys { #expect(text.contains("\(escape == "" ? "" : escape == #"\ud800"# ? escape : "k")\(key)\":\(key)")) }
    }
  }

  @Test("A text that repeats members without end is refused")
  func repeatedMembers() {
    let members = String(repeating: "\"k\":1,", count: 5000)
    let refusal = readingFailure(#"{"event":"page_visit","page":{"href":"x:y"},"properties":{\#(members)"z":1}}"#)
    #expect(refusal?.status == .tooLarge && refusal?.messageText.contains("4,096") == true)
  }

  @Test("Reading into an event that was used before leaves nothing of it")
  func reuses() throws {
    var visit = try visit {
      try $0.set(.pageTitle, "old")
      try $0.setProperty("old", 1)
      try $0.setNull(.sessionId)
    }
    let full = #"{"eventId":"old","event":"page_visit","page":{"title":"old","href":"old:"},"old":1,"properties":{"old":true}}"#
    let plain = #"{"event":"page_visit","page":{"href":"x:y"}}"#
    for text in [plain, full, plain] { try withBytes(text) { try visit.read($0) } }
    #expect(try json(visit) == plain)
  }

  @Test("What is read and written again says the same, for random events with random escapes", arguments: 0..<8 as Range<UInt64>)
  func randomEvents(seed: UInt64) throws {
    var random = Random(seed: seed)
    for _ in 0..<200 {
      let text = RandomEvent.text(&random)
      let once = try roundTrip(text)
      #expect(try roundTrip(once) == once, "seed \(seed): \(text)")
      #expect(withBytes(once) { JSONSyntax.check($0) } == nil)
      for (name, value) in RandomEvent.lastValues(text) {
        #expect(member(once, "page", name) == value, "seed \(seed): \(text)")
      }
    }
  }
}

/// Events with members in any order, twice or unknown, and texts escaped at random.
private enum RandomEvent {
  private static let texts = [#""""#, #""a""#, #""\u0061\"\\\/""#, #""é\n""#, "null"]

  static func text(_ random: inout Random) -> String {
    var page = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      "\"\(random.pick(["title", "t\\u0069tle", "zz", "domain", "d\\u006fmain"]))\":"
    }
    page = page.map { $0 + ($0.contains("main") ? random.pick(Array(texts.dropLast())) : random.pick(texts)) }
    page.insert(#""href":"https:\/\/h\/""#, at: Int.random(in: 0...page.count, using: &random))
    var members = [#""event":"page_visit""#, "\"page\":{\(page.joined(separator: ","))}"]
    if Bool.random(using: &random) { members.append(#""properties" : {"a":1.0,"b":"x","a":null}"#) }
    if Bool.random(using: &random) { members.append(#""extra":{"deep":[true,{}]}"#) }
    members.shuffle(using: &random)
    return "{ " + members.joined(separator: random.pick([",", " ,\n"])) + "}"
  }

  /// The last texts of `/page/title` and `/page/domain`, by a reader that is not the core's.
  static func lastValues(_ text: String) -> [(String, String?)] {
    // JSONSerialization takes the last one, too; null is not text.
    [("title", member(text, "page", "title")), ("domain", member(text, "page", "domain"))]
  }
}
