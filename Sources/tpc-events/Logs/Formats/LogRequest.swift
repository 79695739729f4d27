// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What a visitor asked for.
struct LogRequest {
  let method: Bytes
  /// RFC 9112, section 3.2: a path with its query, or a whole URL. Browsers and robots send it with spaces, too. Never empty.
  let target: Bytes

  /// Reads the first line of a request, such as `GET /docs HTTP/1.1`. Nil for anything that is not an HTTP request, such as the
  /// `-` of a connection that sent none or the start of a TLS handshake.
  init?(line: Bytes) {
    var end = 0
    while end < line.count, LogRequest.isMethod(line[end]) { end += 1 }
    guard end > 0, end < line.count, line[end] == 0x20 else { return nil }
    method = line.part(0, end)
    var targetEnd = line.count
    // HTTP/0.9 had no version, and servers log such a request as it came.
    if let space = LogRequest.lastSpace(line), space > end, line.part(space + 1, space + 6).matches("HTTP/") { targetEnd = space }
    target = line.part(end + 1, targetEnd)
    guard target.count > 0, target[0] != 0x20 else { return nil }
  }

  /// The target without its query; for a whole URL the path after the host.
  var path: Bytes {
    let parts = URI.Parts(target)
    return target.part(parts.path)
  }

  /// Methods are letters in practice; RFC 9110's `token` also has `-` and `_`.
  private static func isMethod(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private static func lastSpace(_ line: Bytes) -> Int? {
    var at = line.count
    while at > 0 {
      at -= 1
      if line[at] == 0x20 { return at }
    }
    return nil
  }
}
