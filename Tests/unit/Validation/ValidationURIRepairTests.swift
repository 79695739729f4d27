// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Repairing URIs")
struct ValidationURIRepairTests {
  /// The repaired text; nil when it is refused.
  private func repair(_ text: [UInt8]) -> String? {
    withBytes(text) { bytes -> String? in
      var uri = ByteBuffer()
      _ = uri.append("before ")
      switch URIRepair.encode(bytes, into: &uri) {
      case .encoded:
        return String(string(uri.bytes).dropFirst(7))
      case .refused(let flaw):
        #expect(flaw.offset <= bytes.count)
        let left = string(uri.bytes)
        #expect(left == "before ")
        return nil
      case .outOfMemory:
        Issue.record("memory ran out")
        return nil
      }
    }
  }

  @Test(
    "What may be encoded is percent-encoded, the rest stays",
    arguments: [
      ("https://example.com/a b", "https://example.com/a%20b"), ("https://example.com/é", "https://example.com/%C3%A9"),
      ("https://example.com/?q=日本", "https://example.com/?q=%E6%97%A5%E6%9C%AC"),
      ("https://example.com/100%", "https://example.com/100%25"),
      ("https://example.com/%zz%20%2", "https://example.com/%25zz%20%252"),
      ("https://example.com/%%41", "https://example.com/%25%41"),
      ("https://example.com/?a[]=1", "https://example.com/?a%5B%5D=1"),
      ("https://example.com/a#b#c", "https://example.com/a#b%23c"),
      ("https://example.com/\"<>\\^`{|}", "https://example.com/%22%3C%3E%5C%5E%60%7B%7C%7D"),
      ("https://example.com/\t\n\u{0}\u{7F}x", "https://example.com/%09%0A%00%7Fx"),
      ("  https://example.com/ \r\n", "https://example.com/"), ("https://münchen.example/", "https://m%C3%BCnchen.example/"),
      ("https://u ser@h/", "https://u%20ser@h/"), ("https://a@b@h/", "https://a%40b@h/"), ("https://h?a b", "https://h?a%20b"),
      ("https://h#a b", "https://h#a%20b"), ("https://[::1]:80/a b", "https://[::1]:80/a%20b"), ("mailto:a b", "mailto:a%20b"),
      ("https:\\\\h\\a", "https:%5C%5Ch%5Ca"), ("https://h:/a b", "https://h:/a%20b"),
      ("https://h/a?b?c=|#d", "https://h/a?b?c=%7C#d"),
    ])
  func repairs(text: String, expected: String) {
    #expect(repair(Array(text.utf8)) == expected)
  }

  @Test("Bytes that are not UTF-8 are encoded one by one")
  func repairsMalformedUTF8() {
    #expect(repair(Array("http://h/".utf8) + [0xC3, 0x28, 0xFF]) == "http://h/%C3(%FF")
  }

  @Test(
    "Text without a scheme, or with an invalid host or port, is refused",
    arguments: [
      "", " ", "/a b", "example.com/a b", "//h/a b", "1http://h/ x", "http://a b/", "http://a|b/", "http://h%zz/",
      "http://[::1/ x",
      "http://[::g]/", "http://[::1]x/", "http://h:8a/", "http://h:8 0/", "http://::1/", "http://h\\a/",
      "http://[fe80::1%eth0]/",
      "http://<h>/",
    ])
  func refuses(text: String) {
    #expect(repair(Array(text.utf8)) == nil)
  }

  @Test("A repaired URI is valid, and repairing it again changes nothing")
  func isValidAndIdempotent() {
    var random = SeededGenerator(seed: 31)
    let pieces = [
      "a", "/", "?", "#", "%", "%41", "%4", " ", "é", "\"", "[", "]", "|", "\\", ":", "@", "{", "//", "::1", "\n", "日", "~",
    ]
    var repaired = 0
    for round in 0..<10000 {
      let start = random.pick(["http://h/", "http://h", "http://", "http:", "x:", "http://[::1]"])
      let text = Array((start + random.text(of: pieces, 0...16)).utf8) + (round % 4 == 0 ? random.bytes(0...8) : [])
      guard let uri = repair(text) else { continue }
      repaired += 1
      #expect(offset(uri, URI.check) == nil, "\(text)")
      #expect(repair(Array(uri.utf8)) == uri)
      withBytes(text) { if URI.check($0) == nil { #expect(Array(uri.utf8) == text) } }
    }
    #expect(repaired > 5000)
  }

  @Test("No path, query or fragment is too strange to be repaired")
  func repairsEveryPath() {
    var random = SeededGenerator(seed: 37)
    for _ in 0..<3000 {
      let uri = repair(Array("https://example.com/".utf8) + random.bytes(0...40))
      #expect(uri != nil && offset(uri ?? "", URI.check) == nil)
    }
  }
}
