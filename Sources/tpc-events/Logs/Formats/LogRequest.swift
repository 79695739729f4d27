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

  /// Nil when there is no target.
  init?(method: Bytes, target: Bytes) {
    guard target.count > 0 else { return nil }
    self.method = method
    self.target = target
  }

  /// Whether the text is a method, a target and a version, with nothing else around them.
  static func isWhole(_ line: Bytes) -> Bool {
    guard let request = LogRequest(line: line), let space = lastSpace(line), line.part(space + 1, space + 6).matches("HTTP/") else {
      return false
    }
    return space > request.method.count
  }

  /// The target without its query; for a whole URL the path after the host. Two slashes at the start do not begin a host: a visitor
  /// asks one server.
  var path: Bytes {
    if target[0] == UInt8(ascii: "/") {
      var end = 0
      while end < target.count, target[end] != UInt8(ascii: "?"), target[end] != UInt8(ascii: "#") { end += 1 }
      return target.part(0, end)
    }
    let parts = URI.Parts(target)
    return target.part(parts.path)
  }

  /// The path without the parameters of its last segment, as in `/style.css;v=1`.
  var pathWithoutParameters: Bytes {
    let path = path
    var at = path.count
    var end = path.count
    while at > 0, path[at - 1] != UInt8(ascii: "/") {
      at -= 1
      if path[at] == UInt8(ascii: ";") { end = at }
    }
    return path.part(0, end)
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
