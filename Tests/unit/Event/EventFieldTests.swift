// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Event fields")
struct EventFieldTests {
  /// A text that each field takes.
  private static func sample(_ field: Field) -> String {
    switch field {
    case .event: "page_visit"
    case .occurredAt: "2026-01-02T03:04:05Z"
    case .pageHref, .pageCanonicalUrl: "https://example.com/x"
    default: "some text"
    }
  }

  private static let nullable: Set<Field> = [
    .sessionId, .anonymousId, .pageTitle, .pageCanonicalUrl, .requestReferrer, .requestUserAgent, .requestClientIp, .requestMethod,
  ]

  @Test("An event with every field is written in the contract's order")
  func allFields() throws {
    var visit = PageVisit()
    for field in Field.allCases { try visit.set(field, Self.sample(field)) }
    #expect(
      try json(visit) == #"""
        {"event":"page_visit","occurredAt":"2026-01-02T03:04:05Z","eventId":"some text","sessionId":"some text",\#
        "anonymousId":"some text","page":{"href":"https://example.com/x","domain":"some text","pathname":"some text",\#
        "title":"some text","canonicalUrl":"https://example.com/x"},"request":{"referrer":"some text","userAgent":"some text",\#
        "clientIp":"some text","method":"some text"},"sdk":{"name":"some text","version":"some text","runtime":"some text"}}
        """#)
  }

  @Test("Each field is where its pointer says, alone", arguments: Field.allCases)
  func pointer(field: Field) throws {
    let visit = try visit { try $0.set(field, Self.sample(field)) }
    let path = String(decoding: field.pointer.bytes, as: UTF8.self).split(separator: "/").map(String.init)
    let text = try json(visit)
    let found = path.count == 1 ? member(text, path[0]) : member(text, path[0], path[1])
    #expect(found == Self.sample(field))
  }

  @Test("Null is taken where the contract takes it, and refused by name where it does not", arguments: Field.allCases)
  func null(field: Field) throws {
    var visit = try visit()
    let refusal = failure { () throws(Failure) in try visit.setNull(field) }
    if Self.nullable.contains(field) {
      #expect(refusal == nil)
      let name = String(decoding: field.name, as: UTF8.self)
      #expect(try json(visit).contains("\"\(name)\":null"))
    } else {
      #expect(refusal?.status == .invalidEvent)
      #expect(refusal.map(\.fieldText) == String(decoding: field.pointer.bytes, as: UTF8.self))
      #expect(refusal?.messageText == "found null; expected a string")
    }
  }

  @Test("Null, absent and empty are three things")
  func nullAbsentEmpty() throws {
    var visit = try visit()
    #expect(try json(visit) == #"{"event":"page_visit","page":{"href":"https://example.com/a"}}"#)
    try visit.setNull(.pageTitle)
    #expect(try json(visit) == #"{"event":"page_visit","page":{"href":"https://example.com/a","title":null}}"#)
    try visit.set(.pageTitle, "")
    #expect(try json(visit) == #"{"event":"page_visit","page":{"href":"https://example.com/a","title":""}}"#)
    try visit.setNull(.sessionId)
    #expect(
      try json(visit) == #"{"event":"page_visit","sessionId":null,"page":{"href":"https://example.com/a","title":""}}"#)
  }

  @Test("A field set again has its last value, after a null as well")
  func replaces() throws {
    var visit = try visit()
    for title in ["one", "a longer second one", "", "4"] {
      try visit.set(.pageTitle, title)
      #expect(member(try json(visit), "page", "title") == title)
    }
    try visit.setNull(.pageTitle)
    try visit.set(.pageTitle, "back")
    #expect(member(try json(visit), "page", "title") == "back")
  }

  @Test(
    "A value that the contract refuses is refused with its field, and the one before it stays",
    arguments: [
      (.pageHref, "/relative"), (.pageHref, ""), (.pageHref, "https://h/a b"), (.pageCanonicalUrl, "https://h/é"),
      (.occurredAt, "2026-02-30T00:00:00Z"), (.occurredAt, "yesterday"), (.occurredAt, "2026-01-02 03:04:05Z"),
      (.event, "page_view"), (.event, ""), (.eventId, ""),
    ] as [(Field, String)])
  func refusesValues(field: Field, value: String) throws {
    var visit = try visit { try $0.set(field, Self.sample(field)) }
    let before = try json(visit)
    let refusal = failure { () throws(Failure) in try visit.set(field, value) }
    #expect(refusal?.status == .invalidEvent)
    #expect(refusal?.fieldText == String(decoding: field.pointer.bytes, as: UTF8.self))
    #expect(refusal?.messageText.contains("expected") == true)
    #expect(try json(visit) == before)
  }

  @Test("Bytes that are not UTF-8 are refused in every field that is free text")
  func refusesBadUTF8() throws {
    for field in Field.allCases {
      var visit = try visit()
      let refusal = withBytes([0x61, 0xFF, 0x62]) { bytes in
        failure { () throws(Failure) in try visit.set(field, bytes) }
      }
      #expect(refusal?.status == .invalidEvent && refusal?.field == [UInt8](field.pointer.bytes))
    }
  }

  @Test("Only what JSON has to escape is escaped")
  func escapes() throws {
    let visit = try visit { try $0.set(.pageTitle, "\"\\ /\u{0}\u{1F}\n\u{7F}é😀\u{2028}") }
    let text = try json(visit)
    #expect(member(text, "page", "title") == "\"\\ /\u{0}\u{1F}\n\u{7F}é😀\u{2028}")
    #expect(text.contains("é😀") && !text.contains("\u{1F}") && !text.contains("\\/"))
  }

  @Test("An event without its page is missing href, by its name")
  func missingPage() {
    let visit = PageVisit()
    let refusal = failure { () throws(Failure) in try visit.validate() }
    #expect(refusal?.status == .invalidEvent && refusal?.fieldText == "/page/href")
    #expect(refusal?.messageText.hasPrefix("is missing; expected") == true)
  }

  @Test("Clearing forgets everything")
  func clears() throws {
    var visit = try visit {
      for field in Field.allCases { try $0.set(field, Self.sample(field)) }
      try $0.setProperty("k", "v")
      try $0.setNull(.pageTitle)
    }
    visit.clear()
    #expect(failure { () throws(Failure) in try visit.validate() } != nil)
    try visit.set(.pageHref, "x:y")
    #expect(try json(visit) == #"{"event":"page_visit","page":{"href":"x:y"}}"#)
  }

  @Test("Values stay correct over thousands of replacements, and the memory stays bounded")
  func compaction() throws {
    var visit = try visit()
    var random = Random(seed: 11)
    var texts: [Field: String] = [.pageHref: "https://example.com/a"]
    var properties: [String: String] = [:]
    let fields: [Field] = [.pageTitle, .sessionId, .requestUserAgent, .requestReferrer, .sdkName]
    for round in 0..<4000 {
      let value = String(repeating: random.pick(["a", "é", "\"", "\n"]), count: Int.random(in: 0...200, using: &random)) + "\(round)"
      if Bool.random(using: &random) {
        let field = random.pick(fields)
        try visit.set(field, value)
        texts[field] = value
      } else {
        let key = random.pick(["a", "b", "k\"", "é"])
        try visit.setProperty(key, value)
        properties[key] = value
      }
      guard round % 97 == 0 else { continue }
      let text = try json(visit)
      #expect(texts.allSatisfy { field, value in Self.value(text, field) == value }, "round \(round)")
      #expect(properties.allSatisfy { key, value in member(text, "properties", key) == value }, "round \(round)")
      let held = visit.text.capacity
      #expect(held < 128 << 10, "\(held) bytes are held in round \(round)")
    }
  }

  private static func value(_ text: String, _ field: Field) -> String? {
    let path = String(decoding: field.pointer.bytes, as: UTF8.self).split(separator: "/").map(String.init)
    return path.count == 1 ? member(text, path[0]) : member(text, path[0], path[1])
  }

  @Test("Field numbers, names and containers agree")
  func table() {
    #expect(Field.allCases.count == Field.count && Field.allCases.map(\.rawValue) == Array(0..<Field.count))
    let pointers = Field.allCases.map { String(decoding: $0.pointer.bytes, as: UTF8.self) }
    #expect(Set(pointers).count == Field.count)
    for container in [Container.root, .page, .request, .sdk, .properties] {
      let fields = Field.allCases.filter { $0.container == container }
      #expect(container.bits == fields.reduce(0) { $0 | $1.bit } && fields.map(\.rawValue) == container.fields.map(Array.init) ?? [])
    }
    for field in Field.allCases {
      let container = String(decoding: field.container.pointer.bytes, as: UTF8.self)
      #expect(container + "/" + string(field.name) == String(decoding: field.pointer.bytes, as: UTF8.self))
      #expect(field.isNullable == Self.nullable.contains(field))
      #expect(field.container.fields?.contains(field.rawValue) == true)
    }
  }
}
