// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Completion of events")
struct EventCompletionTests {
  @Test("An event that says everything is queued as it is, whatever order it came in")
  func addsNothing() throws {
    let text = #"""
      {"event":"page_visit","occurredAt":"2026-01-02T03:04:05Z","eventId":"e","sessionId":null,"page":{"href":"https://h/a?b#c",\#
      "domain":"d","pathname":"p","title":null},"request":{"clientIp":"192.0.2.77"},"sdk":{"name":"n"},"properties":{"a":1.0},"z":[]}
      """#
    #expect(try completed(json: text) == text)
  }

  @Test("What is absent is filled in: an id, the time, domain, pathname and sdk")
  func fillsIn() throws {
    let before = Clock.wall()
    let text = try completed(try visit("https://Example.COM:8443/a/b?x=1#y"))
    let after = Clock.wall()
    #expect(member(text, "page", "domain") == "example.com" && member(text, "page", "pathname") == "/a/b")
    #expect(member(text, "sdk", "name") == "libtpc" && member(text, "sdk", "runtime") == "c")
    #expect(member(text, "sdk", "version") == String(decoding: Version.text.bytes, as: UTF8.self))
    let time = member(text, "occurredAt") ?? ""
    #expect(time.utf8.count == 24 && time.hasSuffix("Z") && withBytes(time) { DateTime.check($0) } == nil)
    // RFC 3339 times of one form are in the order of their texts.
    let bounds = [before, after].map { wall in writtenText { DateTime.format(millisecondsSinceEpoch: wall, into: &$0) } }
    #expect(time >= bounds[0] && time <= bounds[1])
    #expect(text.map { withBytes($0) { JSONSyntax.check($0) } } == .some(nil))
  }

  @Test("The sdk's names come from the options")
  func sdkOptions() throws {
    let text = try completed(try visit(), [(.sdkName, "tpc \"python\""), (.sdkVersion, "9"), (.sdkRuntime, "cpython é")])
    #expect(member(text, "sdk", "name") == "tpc \"python\"" && member(text, "sdk", "version") == "9")
    #expect(member(text, "sdk", "runtime") == "cpython é")
  }

  @Test("An event that says anything about sdk, even that it is null, keeps it unchanged")
  func keepsSDK() throws {
    let empty = try completed(json: #"{"event":"page_visit","page":{"href":"x:y"},"sdk":{}}"#)
    #expect(empty?.hasSuffix(#","sdk":{}}"#) == true)
    let partial = try completed(try visit { try $0.set(.sdkVersion, "1") })
    #expect(partial?.hasSuffix(#","sdk":{"version":"1"}}"#) == true)
  }

  @Test(
    "Domain and pathname are what a browser's URL says",
    arguments: [
      ("https://example.com", "example.com", "/"), ("https://example.com/", "example.com", "/"),
      ("https://example.com?q=1", "example.com", "/"), ("https://example.com#f", "example.com", "/"),
      ("HTTPS://WWW.Example.Com/A/B", "www.example.com", "/A/B"), ("http://user:p%40ss@h.example:80/x", "h.example", "/x"),
      ("http://[2001:DB8::1]:8080/a", "[2001:db8::1]", "/a"), ("http://[::1]", "[::1]", "/"),
      ("http://192.0.2.1/a;b?c", "192.0.2.1", "/a;b"),
      ("https://h/a%20b/%C3%A9", "h", "/a%20b/%C3%A9"), ("https://h//a//", "h", "//a//"), ("https://h/?a/b", "h", "/"),
      ("https://h/#a?b/c", "h", "/"), ("https://xn--bcher-kva.example/b", "xn--bcher-kva.example", "/b"),
    ])
  func page(href: String, domain: String, pathname: String) throws {
    let text = try completed(try visit(href))
    #expect(member(text, "page", "domain") == domain && member(text, "page", "pathname") == pathname)
    // A user's name and password are never sent.
    #expect(member(text, "page", "href") == href.replacing("user:p%40ss@", with: ""))
  }

  @Test("A URI without a host gives no domain", arguments: ["mailto:a@example.com", "urn:isbn:1", "file:///etc/x", "x:y"])
  func noHost(href: String) throws {
    let text = try completed(try visit(href))
    #expect(text != nil && member(text, "page", "domain") == nil)
  }

  @Test("Only what is absent is filled in")
  func keeps() throws {
    let text = try completed(
      try visit("https://h/a") {
        try $0.set(.pageDomain, "")
        try $0.set(.eventId, "mine")
      })
    #expect(member(text, "page", "domain") == "" && member(text, "page", "pathname") == "/a" && member(text, "eventId") == "mine")
  }

  @Test("A new id is a UUIDv7: the milliseconds, version, variant, and the random bits (RFC 9562, 5.7)")
  func uuidLayout() {
    func uuid(_ milliseconds: Int64, _ high: UInt64, _ low: UInt64) -> String {
      writtenText { UUIDv7.append(to: &$0, milliseconds: milliseconds, (high, low)) }
    }
    // The example of RFC 9562, A.6: 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    #expect(uuid(0x017F_22E2_79B0, 0xCC3, 0x18C4_DC0C_0C07_398F) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    #expect(uuid(0, 0, 0) == "00000000-0000-7000-8000-000000000000")
    #expect(uuid(0xFFFF_FFFF_FFFF, UInt64.max, UInt64.max) == "ffffffff-ffff-7fff-bfff-ffffffffffff")
    #expect(uuid(0x0123_4567_89AB, 0xDEF, 0x0123_4567_89AB_CDEF) == "01234567-89ab-7def-8123-456789abcdef")
  }

  @Test("Each event gets an id of its own, from the time of its call")
  func ids() throws {
    var ids: Set<String> = []
    let preview = try EventPreview(Options())
    let event = try visit()
    let before = Clock.wall()
    for _ in 0..<500 {
      var text = ByteBuffer()
      _ = try preview.append(event, to: &text)
      let id = Array((member(string(text.bytes), "eventId") ?? "").utf8)
      #expect(id.count == 36 && id[14] == UInt8(ascii: "7") && "89ab".utf8.contains(id[19]))
      let time = String(decoding: id.filter { $0 != UInt8(ascii: "-") }.prefix(12), as: UTF8.self)
      #expect((before...Clock.wall()).contains(Int64(time, radix: 16) ?? -1))
      ids.insert(String(decoding: id, as: UTF8.self))
    }
    #expect(ids.count == 500)
  }

  @Test("The queue knows where the id is in the bytes, whoever gave it", arguments: [nil, "mine", "a\"b\\é", "x"] as [String?])
  func idPlace(id: String?) throws {
    let event = try visit {
      if let id { try $0.set(.eventId, id) }
      try $0.set(.sessionId, "s")
    }
    let outcome = try Completion.complete(event, CompletionSettings(Options())) { (1, 2) }
    guard case .body(let body) = outcome else { return fail("the event was left out") }
    let place = body.bytes.part(body.id.offset, body.id.offset + body.id.length)
    #expect(writtenText { JSONString.decode(place, into: &$0) } == member(string(body.bytes), "eventId"))
    #expect(string(body.bytes).contains("\"eventId\":\"\(string(place))\""))
  }

  @Test("An event that was completed can be changed and completed again")
  func again() throws {
    var event = try visit("https://h/a?token=x")
    _ = try completed(event)
    try event.set(.pageTitle, "second")
    let text = try completed(event, [(.redactQuery, "")])
    #expect(member(text, "page", "title") == "second" && member(text, "page", "href") == "https://h/a?token=x")
  }

  @Test("An event without its page is refused before anything is filled in")
  func invalid() {
    let event = PageVisit()
    #expect(throws: Failure.self) { try completed(event) }
  }

  @Test("An event is measured when it is complete: as large as max_event_bytes it is taken, a byte larger it is refused")
  func sizeLimit() throws {
    func event(_ title: Int) throws -> PageVisit { try visit { try $0.set(.pageTitle, String(repeating: "a", count: title)) } }
    let frame = try completed(event(0))?.utf8.count ?? 0
    #expect(try completed(event(2048 - frame), [(.maxEventBytes, "2048")])?.utf8.count == 2048)
    let larger = try event(2049 - frame)
    let refusal = try #require(throws: Failure.self) { try completed(larger, [(.maxEventBytes, "2048")]) }
    #expect(refusal.status == .tooLarge && refusal.messageText.contains("2049") && refusal.messageText.contains("2048"))
    #expect(refusal.messageText.contains("max_event_bytes"))
  }
}
