// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Splits `example.com:443` and `[2001:db8::1]:443`.
enum HostAndPort {
  /// Both are nil for a text that is not a host: a visitor can send any `Host` header, and what ends a host in a URL would make another URL
  /// of the page's.
  static func split(_ text: Bytes?) -> (host: Bytes?, port: Bytes?) {
    guard let text, !text.contains(where: endsHost) else { return (nil, nil) }
    var colon = text.count
    while colon > 0, text[colon - 1] &- 0x30 < 10 { colon -= 1 }
    guard colon > 1, colon < text.count, text[colon - 1] == UInt8(ascii: ":") else { return (text, nil) }
    let host = text.part(0, colon - 1)
    // An IPv6 address without brackets ends in digits, too.
    if host.contains(UInt8(ascii: ":")), host.last != UInt8(ascii: "]") { return (text, nil) }
    return (host, text.part(colon, text.count))
  }

  private static func endsHost(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "@")
      || byte == UInt8(ascii: "\\")
  }
}
