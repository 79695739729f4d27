// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Requests through proxies")
struct RequestOriginTests {
  /// The event's URL up to the path and its client address, of a request that `peer` sent with these headers.
  private func origin(_ peer: String?, _ headers: String, trusting proxies: String) throws -> String {
    let peer = peer.map { "\"remoteAddress\":\"\($0)\"" } ?? ""
    let text = try read(request(peer, headers: headers), [(.trustedProxies, proxies)]).text
    let address = text.split(separator: #""clientIp":""#).dropFirst().first?.split(separator: "\"").first ?? "nobody"
    let href = text.split(separator: #""href":""#).dropFirst().first?.split(separator: "/a\"").first ?? "nowhere"
    return "\(address) \(href)"
  }

  @Test(
    "Headers count only when a trusted proxy sent them",
    arguments: [
      ("203.0.113.9", "203.0.113.9"), ("10.0.0.1", "192.0.2.7"), ("::ffff:10.0.0.1", "192.0.2.7"), ("fd00::1", "192.0.2.7"),
      ("fe80::1%eth0", "192.0.2.7"), ("2001:db8::9%eth0", "2001:db8::9"),
      ("11.0.0.1", "11.0.0.1"), ("172.32.0.1", "172.32.0.1"), ("172.31.0.1", "192.0.2.7"),
    ])
  func trust(peer: String, address: String) throws {
    #expect(try origin(peer, #""x-forwarded-for":"192.0.2.7""#, trusting: "private").hasPrefix(address + " "))
    #expect(try origin(peer, #""forwarded":"for=192.0.2.7""#, trusting: "private").hasPrefix(address + " "))
    #expect(try !origin(peer, #""forwarded":"for=192.0.2.7""#, trusting: "").hasPrefix("192.0.2.7"))
  }

  @Test("A Unix socket is on this machine")
  func unixSocket() throws {
    #expect(try origin("unix:", #""x-forwarded-for":"192.0.2.7""#, trusting: "private") == "192.0.2.7 http://example.com")
    #expect(try origin("unix:/a.sock", #""x-forwarded-for":"192.0.2.7""#, trusting: "private") == "192.0.2.7 http://example.com")
    #expect(try origin("unix:", #""x-forwarded-for":"192.0.2.7""#, trusting: "10.0.0.0/8") == "nobody http://example.com")
  }

  @Test("The visitor's address is the one header's, else the server's, else the proxies'")
  func clientAddress() throws {
    func address(_ members: String, _ headers: String, header: String = "x-real-ip") throws -> String {
      let text = try read(request(members, headers: headers), [(.trustedProxies, "10.0.0.0/8"), (.clientIPHeader, header)]).text
      return text.split(separator: #""clientIp":""#).dropFirst().first?.split(separator: "\"").first.map { String($0) } ?? "nobody"
    }
    let both = #""x-real-ip":"192.0.2.1","x-forwarded-for":"192.0.2.2""#
    #expect(try address(#""remoteAddress":"10.0.0.1","clientAddress":"192.0.2.3""#, both) == "192.0.2.1")
    #expect(try address(#""remoteAddress":"10.0.0.1","clientAddress":"192.0.2.3""#, both, header: "") == "192.0.2.3")
    #expect(try address(#""remoteAddress":"10.0.0.1","clientAddress":"10.0.0.2""#, both, header: "") == "192.0.2.2")
    #expect(try address(#""remoteAddress":"203.0.113.9""#, both) == "203.0.113.9")
    #expect(try address(#""remoteAddress":"203.0.113.9","clientAddress":"192.0.2.3""#, both) == "192.0.2.3")
    #expect(try address(#""remoteAddress":"10.0.0.1""#, #""x-real-ip":"unknown""#) == "nobody")
  }

  @Test("A peer that nobody names is a stranger", arguments: [nil, ""])
  func namelessPeer(peer: String?) throws {
    #expect(try origin(peer, #""x-forwarded-for":"192.0.2.7""#, trusting: "private") == "nobody http://example.com")
  }

  @Test("A peer whose address cannot be read is not trusted", arguments: ["203.0.113.9:4711", "unknown", "localhost", "/run/a.sock"])
  func unreadablePeer(peer: String) throws {
    #expect(try origin(peer, #""x-forwarded-for":"192.0.2.7""#, trusting: "private") == "nobody http://example.com")
  }

  @Test(
    "The client is the last address that no trusted proxy has, whatever precedes it",
    arguments: [
      ("6.6.6.6, 192.0.2.7", "192.0.2.7"), ("6.6.6.6,192.0.2.7 , 10.1.1.1", "192.0.2.7"), ("10.2.2.2, 10.1.1.1", "10.2.2.2"),
      ("192.0.2.7:443", "192.0.2.7"), ("[2001:db8::7]:443", "2001:db8::7"), ("2001:db8::7", "2001:db8::7"),
      ("6.6.6.6, unknown", "nobody"), ("6.6.6.6, _hidden, 10.1.1.1", "nobody"), ("\\\"6.6.6.6, 192.0.2.7", "192.0.2.7"),
      (",, 192.0.2.7,,", "192.0.2.7"), ("", "10.0.0.1"), ("1.2.3.4.5", "nobody"),
    ])
  func forwardedFor(value: String, address: String) throws {
    let told = try origin("10.0.0.1", #""x-forwarded-for":"\#(value)""#, trusting: "10.0.0.0/8")
    #expect(told == "\(address) http://example.com")
  }

  @Test("Headers that came in several lines are one list")
  func repeated() throws {
    let headers = #""x-forwarded-for":["6.6.6.6","192.0.2.7, 10.1.1.1"]"#
    #expect(try origin("10.0.0.1", headers, trusting: "10.0.0.0/8") == "192.0.2.7 http://example.com")
  }

  @Test(
    "Forwarded is read as RFC 7239 defines it",
    arguments: [
      ("for=192.0.2.7;proto=https;host=a.com", "192.0.2.7 https://a.com"),
      ("For=\\\"[2001:db8::7]:4711\\\" ; Proto=HTTPS", "2001:db8::7 https://example.com"),
      ("for=6.6.6.6;host=evil.com, for=192.0.2.7;host=a.com, for=10.1.1.1;host=inner;proto=http", "192.0.2.7 http://a.com"),
      ("for=\\\"a, for=6.6.6.6\\\", for=192.0.2.7", "192.0.2.7 http://example.com"),
      ("for=192.0.2.7;secret=\\\"a, for=6.6.6.6;b=\\\"", "192.0.2.7 http://example.com"),
      ("for=6.6.6.6, for=_hidden", "nobody http://example.com"), ("for=unknown;proto=ftp", "nobody http://example.com"),
      // The nearest proxy names no client: neither it nor one that others name counts.
      ("proto=https", "nobody https://example.com"), ("nonsense", "nobody http://example.com"),
      ("for=6.6.6.6, by=10.1.1.1", "nobody http://example.com"), ("for=6.6.6.6, proto=https", "nobody https://example.com"),
      ("", "10.0.0.1 http://example.com"),
    ])
  func forwarded(value: String, told: String) throws {
    #expect(try origin("10.0.0.1", #""forwarded":"\#(value)""#, trusting: "10.0.0.0/8") == told)
  }

  @Test(
    "Scheme and host are the outermost trusted proxy's",
    arguments: [
      ("192.0.2.7", "https", "a.com", "https://a.com"), ("192.0.2.7, 10.1.1.1", "https, http", "a.com", "https://a.com"),
      ("6.6.6.6, 192.0.2.7", "ftp, https", "evil.com, a.com", "https://a.com"), ("192.0.2.7", "javascript", "", "http://example.com"),
      ("192.0.2.7, 10.1.1.1", "https", "b.com, a.com", "https://b.com"),
    ])
  func schemeAndHost(addresses: String, schemes: String, hosts: String, page: String) throws {
    let headers = #""x-forwarded-for":"\#(addresses)","x-forwarded-proto":"\#(schemes)","x-forwarded-host":"\#(hosts)""#
    #expect(try origin("10.0.0.1", headers, trusting: "10.0.0.0/8") == "192.0.2.7 \(page)")
    #expect(try origin("203.0.113.9", headers, trusting: "10.0.0.0/8") == "203.0.113.9 http://example.com")
  }

  @Test("Where both kinds of header came, one may be made up: only what both say counts")
  func disagreement() throws {
    func told(_ standard: String, _ address: String, _ more: String = "") throws -> String {
      try origin("10.0.0.1", #""forwarded":"\#(standard)","x-forwarded-for":"\#(address)"\#(more)"#, trusting: "10.0.0.0/8")
    }
    #expect(try told("for=192.0.2.7", "192.0.2.7") == "192.0.2.7 http://example.com")
    #expect(try told("for=6.6.6.6;host=evil.com", "192.0.2.7") == "nobody http://example.com")
    #expect(try told("for=192.0.2.7;host=evil.com", "192.0.2.7") == "192.0.2.7 http://example.com")
    #expect(
      try told("for=192.0.2.7;proto=https;host=a.com", "192.0.2.7", #","x-forwarded-proto":"https","x-forwarded-host":"A.com""#)
        == "192.0.2.7 https://a.com")
  }

  @Test(
    "A list of proxies that cannot be read is refused",
    arguments: ["localhost", "10.0.0.0/33", "10.0.0.0/", "::1/129", "10.0.0.1-10.0.0.9", "private;10.0.0.1", "/8"])
  func refusedLists(list: String) {
    let refusal = refusal(of: request(), [(.trustedProxies, list)])
    #expect(refusal?.status == .invalidOption && refusal?.fieldText == "trusted_proxies")
  }

  @Test(
    "A network holds the addresses that share its prefix",
    arguments: [
      ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3/8", "10.9.9.9", true),
      ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "::1", false), ("::/0", "1.2.3.4", true), ("::/0", "ffff::", true),
      ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.0/31", "192.0.2.1", true),
      ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
      ("2001:db8::/64", "2001:db8::ffff:1", true), ("2001:db8::/65", "2001:db8:0:0:8000::", false),
      ("2001:db8::/127", "2001:db8::1", true), ("2001:db8::/128", "2001:db8::1", false), ("::ffff:10.0.0.0/104", "10.1.1.1", true),
    ])
  func ranges(network: String, address: String, isWithin: Bool) throws {
    let range = try #require(withBytes(network) { AddressRange($0) })
    let address = try #require(withBytes(address) { IPAddress($0) })
    #expect(range.contains(address) == isWithin)
  }
}
