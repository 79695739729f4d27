// SPDX-License-Identifier: Apache-2.0

/// URIs as RFC 3986, appendix A, defines them: the rule `URI`, which requires a scheme and allows a fragment. ASCII
/// only.
package enum URI {
  static let expectedURI: StaticString = "an absolute URI such as https://example.com/page (RFC 3986)"

  /// The first flaw that keeps the text from being a URI; nil if it is one.
  @_optimize(speed)
  package static func check(_ text: Bytes) -> Flaw? {
    guard let base = text.baseAddress else { return Flaw(offset: 0, expected: expectedURI) }
    let count = text.count
    guard let colon = schemeEnd(text) else { return flaw(text, schemeRun(text), "a scheme and ':', as in https:") }
    var at = colon &+ 1
    if count &- at >= 2 && base[at] == UInt8(ascii: "/") && base[at &+ 1] == UInt8(ascii: "/") {
      at &+= 2
      if let flaw = checkAuthority(text, base, &at) { return flaw }
    }
    return checkPath(text, from: at)
  }

  /// The first flaw in path, query and fragment, which are the text from an offset on.
  @_optimize(speed)
  static func checkPath(_ text: Bytes, from start: Int) -> Flaw? {
    guard let base = text.baseAddress else { return nil }
    let count = text.count
    // One rule covers all kinds of path: a `//` without an authority would have been read as an authority.
    var at = URICharacters.run(base, start, count, URICharacters.path)
    if at < count && base[at] == UInt8(ascii: "?") {
      at = URICharacters.run(base, at &+ 1, count, URICharacters.query)
    }
    if at < count && base[at] == UInt8(ascii: "#") {
      at = URICharacters.run(base, at &+ 1, count, URICharacters.query)
    }
    return at == count ? nil : flaw(text, at, "URI characters only, others percent-encoded (RFC 3986)")
  }

  /// The offset of the colon after the scheme; nil if the text does not start with a scheme.
  @_optimize(speed)
  static func schemeEnd(_ text: Bytes) -> Int? {
    let end = schemeRun(text)
    return end > 0 && end < text.count && text[end] == UInt8(ascii: ":") ? end : nil
  }

  /// The end of `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`.
  @inline(__always)
  private static func schemeRun(_ text: Bytes) -> Int {
    guard text.count > 0, (text[0] | 0x20) &- 0x61 < 26 else { return 0 }
    var at = 1
    while at < text.count && URICharacters.has(text[at], URICharacters.scheme) { at &+= 1 }
    return at
  }

  /// Checks `[ userinfo "@" ] host [ ":" port ]` from `at` on and moves `at` past it.
  @_optimize(speed)
  private static func checkAuthority(_ text: Bytes, _ base: UnsafePointer<UInt8>, _ at: inout Int) -> Flaw? {
    let count = text.count
    var start = at
    at = URICharacters.run(base, start, count, URICharacters.userinfo)
    if at < count && base[at] == UInt8(ascii: "@") {
      start = at &+ 1
      at = URICharacters.run(base, start, count, URICharacters.userinfo)
    }
    if at == start && at < count && base[at] == UInt8(ascii: "[") {
      guard let end = literalEnd(text, at) else {
        return flaw(text, at, "an IP address in brackets, as in [2001:db8::1]")
      }
      start = end
      at = URICharacters.run(base, end, count, URICharacters.userinfo)
      if at > end && base[end] != UInt8(ascii: ":") { return flaw(text, end, "':' or '/' after ']'") }
    }
    if at < count && !endsAuthority(base[at]) { return flaw(text, at, "a host, with other characters percent-encoded (RFC 3986)") }
    return checkPort(text, base, start, at)
  }

  /// Checks that only digits follow the first colon between `start` and `end`, if there is a colon.
  @inline(__always)
  private static func checkPort(_ text: Bytes, _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Flaw? {
    var at = start
    while at < end && base[at] != UInt8(ascii: ":") { at &+= 1 }
    at &+= 1
    while at < end {
      if base[at] &- 0x30 > 9 { return flaw(text, at, "a port's digits") }
      at &+= 1
    }
    return nil
  }

  /// The end of the `IP-literal` that starts at `at`; nil if there is none.
  static func literalEnd(_ text: Bytes, _ at: Int) -> Int? {
    var end = at &+ 1
    while end < text.count && text[end] != UInt8(ascii: "]") {
      if endsAuthority(text[end]) { return nil }
      end &+= 1
    }
    guard end < text.count else { return nil }
    let address = text.part(at &+ 1, end)
    return IPAddress.parseIPv6(address) != nil || isFutureAddress(address) ? end &+ 1 : nil
  }

  /// Whether the text is `IPvFuture`: `"v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`, without percent-escapes.
  private static func isFutureAddress(_ address: Bytes) -> Bool {
    guard address.count > 0, address[0] | 0x20 == UInt8(ascii: "v") else { return false }
    var at = 1
    while at < address.count && hexadecimalValue(address[at]) != nil { at &+= 1 }
    guard at > 1, at &+ 1 < address.count, address[at] == UInt8(ascii: ".") else { return false }
    at &+= 1
    while at < address.count && URICharacters.has(address[at], URICharacters.userinfo) { at &+= 1 }
    return at == address.count
  }

  @inline(__always)
  static func endsAuthority(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
  }

  private static func flaw(_ text: Bytes, _ at: Int, _ expected: StaticString) -> Flaw {
    guard at < text.count, let base = text.baseAddress else { return Flaw(offset: text.count, expected: expected) }
    if base[at] == UInt8(ascii: "%") && !URICharacters.isEscape(base, at, text.count) {
      return Flaw(offset: at, byte: base[at], expected: "'%' only before two hexadecimal digits (RFC 3986)")
    }
    return Flaw(offset: at, byte: base[at], expected: expected)
  }
}
