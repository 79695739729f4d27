// SPDX-License-Identifier: Apache-2.0

/// The names by which a machine reaches itself.
enum LocalHost {
  /// Whether a host, with a port or without, is this machine: `localhost` and the names below it (RFC 6761, section 6.3),
  /// `localhost.localdomain`, which Red Hat's systems know, 127.0.0.0/8, 0.0.0.0, ::1, ::, and `testserver`, which Django's and
  /// Starlette's test clients send.
  static func isName(_ hostAndPort: Bytes) -> Bool {
    var host = withoutPort(hostAndPort)
    if host.count > 0, host[host.count &- 1] == UInt8(ascii: ".") { host = host.part(0, host.count &- 1) }
    guard host.count > 0 else { return false }
    if host[0] == UInt8(ascii: "[") { return isAddress(host.part(1, host.count &- 1)) }
    if host[0] &- 0x30 < 10 { return isAddress(host) }
    if host.matchesIgnoringCase("localhost") || host.matchesIgnoringCase("testserver") { return true }
    if host.matchesIgnoringCase("localhost.localdomain") { return true }
    let end: StaticString = ".localhost"
    return host.count > end.utf8CodeUnitCount && host.tail(host.count &- end.utf8CodeUnitCount).matchesIgnoringCase(end)
  }

  private static func withoutPort(_ text: Bytes) -> Bytes {
    var end = text.count
    while end > 0, text[end &- 1] &- 0x30 < 10 { end &-= 1 }
    return end > 0 && text[end &- 1] == UInt8(ascii: ":") ? text.part(0, end &- 1) : text
  }

  private static func isAddress(_ text: Bytes) -> Bool {
    guard let address = IPAddress(text) else { return false }
    if address.isIPv4 { return address.low >> 24 & 0xFF == 127 || address.low & 0xFFFF_FFFF == 0 }
    return address.high == 0 && address.low <= 1
  }
}
