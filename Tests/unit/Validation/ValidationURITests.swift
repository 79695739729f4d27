// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("URIs (RFC 3986)")
struct ValidationURITests {
  @Test(
    "Every form that the grammar has is taken",
    arguments: [
      // RFC 3986, sections 1.1.2, 3 and 5.4.
      "ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt", "ldap://[2001:db8::7]/c=GB?objectClass?one",
      "mailto:John.Doe@example.com", "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "telnet://192.0.2.16:80/",
      "urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "foo://example.com:8042/over/there?name=ferret#nose",
      "urn:example:animal:ferret:nose", "http://a/b/c/d;p?q", "g:h", "http://a/b/c/g?y/./x", "http://a/b/c/g#s/../x",
      // What each rule allows at its edges.
      "a:", "a:b", "a:/", "a:/b", "a://", "a:///b", "A+-.9:", "http://?", "http://#", "http://h?#", "http://h/?a#b?c/d",
      "http://@h", "http://:@h", "http://u:p:q@h:80/", "http://u%20;=@h", "http://h:", "http://h:/", "http://h:00000000000080",
      "http://300.1.1.1/", "http://a_b~c!$&'()*+,;=.d/", "http://%E4%BE%8B/", "http://h//a//", "http://h/%00%ff%Ff",
      "http://h/:@!$&'()*+,;=-._~", "http://h?/?:@!$&'()*+,;=-._~%20", "http://h#/?:@!$&'()*+,;=-._~%20", "x:y//z", "x:@",
      "x:%41",
      // IP literals.
      "http://[::]", "http://[::1]:8080/", "http://[1:2:3:4:5:6:7:8]/", "http://[1:2:3:4:5:6:1.2.3.4]", "http://[::1.2.3.4]",
      "http://[1::8]", "http://[1:2:3:4:5:6:7::]", "http://[::2:3:4:5:6:7:8]", "http://[ABCD:ef01::]", "http://u@[::1]",
      "http://[v1.a]", "http://[VF.:a~!]", "http://[v1F.x]:",
    ])
  func takes(text: String) {
    #expect(offset(text, URI.check) == nil)
  }

  @Test(
    "Text that is not a URI is refused at the first offset where it stops being one",
    arguments: [
      ("", 0), ("/page", 0), ("page", 4), ("//example.com/", 0), ("1http://h", 0), (":a", 0), ("ht_tp://h", 2), ("http", 4),
      ("é:a", 0), ("?a", 0), ("#a", 0), (" http://h", 0), ("http://h ", 8), ("http://h/a b", 10), ("http://h/\t", 9),
      ("http://h/é", 9), ("http://é/", 7), ("http://h/%", 9), ("http://h/%2", 9), ("http://h/%zz", 9), ("http://h/%2g", 9),
      ("http://h/a[b]", 10), ("http://h/?a[]=1", 11), ("http://h/#a#b", 11), ("http://h/|", 9), ("http://h/\\", 9),
      ("http://h/\"", 9), ("http://h/<", 9), ("http://h/>", 9), ("http://h/^", 9), ("http://h/`", 9), ("http://h/{", 9),
      ("http://h/}", 9), ("http://h/\u{7F}", 9), ("http://h/\u{0}", 9), ("http://h:8a", 10), ("http://h:-1/", 9),
      ("http://h:80:80", 11), ("http://h:%38", 9), ("http://a@b@c", 10), ("http://u:p", 9), ("http://a b/", 8),
      ("http://a|b/", 8),
      ("http://[", 7), ("http://[]", 7), ("http://[::1", 7), ("http://[::1]x", 12), ("http://[::1]@h", 12),
      ("http://a[::1]", 8),
      ("http://[1:2]", 7), ("http://[1::2::3]", 7), ("http://[12345::]", 7), ("http://[::1.2.3.256]", 7),
      ("http://[::1.2.3]", 7), ("http://[::%251]", 7), ("http://[fe80::1%25eth0]", 7), ("http://[v.a]", 7), ("http://[v1.]", 7),
      ("http://[vg.a]", 7), ("http://[v1.%20]", 7), ("http://[v1]", 7), ("http://[1.2.3.4]", 7), ("http://[::1/]", 7),
      ("http://%zz/", 7), ("http://]/", 7), ("http://h\\a", 8),
    ])
  func refuses(text: String, at expected: Int) {
    #expect(offset(text, URI.check) == expected, "\(text)")
  }

  /// Texts made by the rules of RFC 3986, appendix A.
  private struct Grammar {
    var random = SeededGenerator(seed: 23)
    let pchar = [
      "a", "Z", "0", "-", ".", "_", "~", "%20", "%aF", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=", ":", "@",
    ]

    mutating func uri() -> String {
      let scheme = random.pick(["a", "h", "Z"]) + random.text(of: ["a", "0", "+", "-", "."], 0...6)
      let query = random.pick(["", "?" + random.text(of: pchar + ["/", "?"], 0...20)])
      let fragment = random.pick(["", "#" + random.text(of: pchar + ["/", "?"], 0...20)])
      return scheme + ":" + hierarchy() + query + fragment
    }

    private mutating func hierarchy() -> String {
      let segments = random.text(of: pchar + ["/"], 0...24)
      switch random.number(0...3) {
      case 0: return ""
      case 1: return random.pick(pchar) + segments
      case 2: return "/" + random.pick(["", random.pick(pchar) + segments])
      default: return "//" + authority() + random.pick(["", "/" + segments])
      }
    }

    private mutating func authority() -> String {
      let name = pchar.filter { $0 != ":" && $0 != "@" }
      let userinfo = random.pick(["", random.text(of: name + [":"], 0...8) + "@"])
      let host = random.pick([random.text(of: name, 0...16), "[::1]", "[2001:db8::192.0.2.1]", "[v7.a:b]", "192.0.2.1"])
      return userinfo + host + random.pick(["", ":", ":" + random.text(of: ["0", "9"], 1...6)])
    }
  }

  @Test("Whatever the grammar makes is taken, and its parts make it again")
  func takesWhatTheGrammarMakes() {
    var grammar = Grammar()
    for _ in 0..<5000 {
      let text = grammar.uri()
      withBytes(text) { bytes in
        #expect(URI.check(bytes) == nil, "\(text)")
        let parts = URI.Parts(bytes)
        let part = { (range: Range<Int>) in string(bytes.part(range)) }
        var again = part(parts.scheme) + ":"
        if let host = parts.host {
          again += "//" + (parts.userinfo.map { part($0) + "@" } ?? "") + part(host) + (parts.port.map { ":" + part($0) } ?? "")
        }
        again += part(parts.path) + (parts.query.map { "?" + part($0) } ?? "") + (parts.fragment.map { "#" + part($0) } ?? "")
        #expect(again == text)
      }
    }
  }

  @Test("A character that the grammar has nowhere is found at its offset, or before")
  func findsForeignCharacters() {
    let foreign = Array("\0\n \"<>\\^`{|}\u{7F}".utf8) + [0x80, 0xFF]
    var grammar = Grammar()
    for _ in 0..<5000 {
      var text = Array(grammar.uri().utf8)
      let place = grammar.random.number(0...text.count)
      text.insert(grammar.random.pick(foreign), at: place)
      withBytes(text) { bytes in
        let offset = URI.check(bytes)?.offset
        #expect(offset != nil && (offset ?? 0) <= place, "\(text)")
      }
    }
  }

  @Test("The parts of a URI are found")
  func splits() {
    withBytes("https://u:p@example.com:8443/a/b?c=d&e#f?g") { text in
      let parts = URI.Parts(text)
      #expect(string(text.part(parts.scheme)) == "https")
      #expect(parts.userinfo.map { string(text.part($0)) } == "u:p")
      #expect(parts.host.map { string(text.part($0)) } == "example.com")
      #expect(parts.port.map { string(text.part($0)) } == "8443")
      #expect(string(text.part(parts.path)) == "/a/b")
      #expect(parts.query.map { string(text.part($0)) } == "c=d&e")
      #expect(parts.fragment.map { string(text.part($0)) } == "f?g")
    }
    withBytes("ldap://[2001:db8::7]:/?") { text in
      let parts = URI.Parts(text)
      #expect(parts.host.map { string(text.part($0)) } == "[2001:db8::7]")
      #expect(parts.port == 21..<21)
      #expect(parts.query == 23..<23)
      #expect(parts.userinfo == nil && parts.fragment == nil)
    }
    withBytes("mailto:a@example.com") { text in
      let parts = URI.Parts(text)
      #expect(parts.host == nil)
      #expect(string(text.part(parts.path)) == "a@example.com")
    }
  }

  @Test("Any bytes are checked and split without harm")
  func survivesAnyBytes() {
    let pieces = ["http:", "//", "[", "]", ":", "@", "/", "?", "#", "%", "%4", "a", "1", ".", "é", "::", "v1"]
    var random = SeededGenerator(seed: 29)
    for _ in 0..<5000 {
      let text = random.text(of: pieces, 0...12)
      withBytes(text) { bytes in
        #expect((URI.check(bytes)?.offset ?? 0) <= bytes.count)
        let parts = URI.Parts(bytes)
        let optional = [parts.userinfo, parts.host, parts.port, parts.query, parts.fragment].compactMap { $0 }
        for range in [parts.scheme, parts.path] + optional {
          #expect(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        }
      }
    }
  }
}
