// SPDX-License-Identifier: Apache-2.0

extension URI {
  private static let expectedHost: StaticString = "a host, with a port or without, as in example.com:8080 (RFC 9110, section 7.2)"

  /// Whether the escape with these digits is one of an ASCII character other than the unreserved ones (section 2.3).
  private static func isSeparator(_ high: UInt8, _ low: UInt8) -> Bool {
    guard let high = hexadecimalValue(high), let low = hexadecimalValue(low), high < 8 else { return false }
    let byte = high << 4 | low
    return byte.lowercased &- 0x61 > 25 && byte &- 0x30 > 9 && byte != 0x2D && byte != 0x2E && byte != 0x5F && byte != 0x7E
  }

  /// The first flaw that keeps the text from being `uri-host [ ":" port ]`, a Host header's value; nil if it is one.
  /// Non-ASCII characters are accepted, however a client encodes them: the URL that is built from the host is repaired
  /// anyway. An escape of a character that a name may not contain is refused: decoded, `e.com%2fevil` would be another
  /// host.
  @_optimize(speed)
  static func checkHostHeader(_ text: Bytes) -> Flaw? {
    guard let base = text.baseAddress, text.count > 0 else { return Flaw(offset: 0, expected: expectedHost) }
    var at = 0
    if base[0] == UInt8(ascii: "[") {
      guard let end = literalEnd(text, 0) else {
        return Flaw(offset: 0, byte: base[0], expected: "an IP address in brackets, as in [2001:db8::1]")
      }
      at = end
    } else {
      repeat {
        at = URICharacters.run(base, at, text.count, URICharacters.registeredName)
        while at < text.count && base[at] >= 0x80 { at &+= 1 }
      } while at < text.count
        && (URICharacters.has(base[at], URICharacters.registeredName) || URICharacters.isEscape(base, at, text.count))
      for offset in 0..<at where base[offset] == UInt8(ascii: "%") && isSeparator(base[offset &+ 1], base[offset &+ 2]) {
        return Flaw(offset: offset, byte: base[offset], expected: expectedHost)
      }
    }
    if at == text.count { return nil }
    guard at > 0, base[at] == UInt8(ascii: ":") else { return Flaw(offset: at, byte: base[at], expected: expectedHost) }
    for offset in at &+ 1..<text.count where base[offset] &- 0x30 > 9 {
      return Flaw(offset: offset, byte: base[offset], expected: "a port's digits")
    }
    let port = text.tail(at &+ 1)
    if !port.isEmpty && Decimal.value(port) ?? 65_536 > 65_535 {
      return Flaw(offset: at &+ 1, found: "a larger port", expected: "a port up to 65535")
    }
    return nil
  }
}
