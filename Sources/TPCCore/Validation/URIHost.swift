// SPDX-License-Identifier: Apache-2.0

extension URI {
  private static let expectedHost: StaticString = "a host, with a port or without, as in example.com:8080 (RFC 9110, section 7.2)"

  /// The first place where the text is not `uri-host [ ":" port ]`, a Host header's value; nil when all of it is. What is not
  /// ASCII passes, since a URL is repaired as it is made: a name of such characters is one, however a client writes it.
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
      } while at < text.count && (URICharacters.has(base[at], URICharacters.registeredName) || URICharacters.isEscape(base, at, text.count))
    }
    if at == text.count { return nil }
    guard at > 0, base[at] == UInt8(ascii: ":") else { return Flaw(offset: at, byte: base[at], expected: expectedHost) }
    for place in at &+ 1..<text.count where base[place] &- 0x30 > 9 {
      return Flaw(offset: place, byte: base[place], expected: "a port's digits")
    }
    return nil
  }
}
