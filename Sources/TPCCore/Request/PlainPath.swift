// SPDX-License-Identifier: Apache-2.0

/// A path as a server sees it: percent-escapes decoded, parameters of its segments (`;v=1`) removed, `.` and `..` resolved, and
/// empty segments removed. Servers differ in how far they go; a path that is excluded is left out however it is written.
struct PlainPath: ~Copyable {
  private var written = ByteBuffer()
  private let path: Bytes
  /// Whether the path is the same as the one that was sent.
  let isPlain: Bool
  /// Whether the path that was sent differs from this one by empty segments only.
  let isLiteral: Bool

  /// Points into the path, and is valid as long as that is. Fails when memory ran out.
  init(_ whole: Bytes) throws(Failure) {
    // Spaces and control characters at the path's end do not get into the URL.
    var end = whole.count
    while end > 0, whole[end &- 1] <= 0x20 { end &-= 1 }
    path = whole.part(0, end)
    let (isLiteral, hasEmptyPart) = PlainPath.look(at: path)
    self.isLiteral = isLiteral && end == whole.count
    isPlain = self.isLiteral && !hasEmptyPart
    if isPlain { return }
    guard written.reserve(path.count &+ 1) else { throw .outOfMemory }
    PlainPath.write(path, to: &written)
  }

  var bytes: Bytes { isPlain ? path : written.bytes }

  @_optimize(speed)
  private static func look(at path: Bytes) -> (isLiteral: Bool, hasEmptyPart: Bool) {
    guard let base = path.baseAddress else { return (true, false) }
    var hasEmptyPart = false
    for at in 0..<path.count {
      let byte = base[at]
      // Most bytes are letters, which need no further look.
      if byte > 0x3B && byte != UInt8(ascii: "\\") { continue }
      if byte == UInt8(ascii: "%") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "\\") { return (false, false) }
      guard byte == UInt8(ascii: "/") || byte == UInt8(ascii: "."), at > 0, base[at &- 1] == UInt8(ascii: "/") else { continue }
      if byte == UInt8(ascii: ".") { return (false, false) }
      hasEmptyPart = true
    }
    return (true, hasEmptyPart)
  }

  /// Writes the plain path, which is never longer than the path and a slash.
  private static func write(_ path: Bytes, to plain: inout ByteBuffer) {
    var at = 0
    var part = 0
    var isParameter = false
    while at < path.count {
      let byte = decode(path, &at)
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") {
        end(&plain, part, isLast: false)
        part = plain.count
        isParameter = false
      } else if byte == UInt8(ascii: ";") {
        isParameter = true
      } else if !isParameter {
        _ = plain.append(byte)
      }
    }
    end(&plain, part, isLast: true)
  }

  /// Ends the segment that begins at `start`, and resolves it when it is `.` or `..`.
  private static func end(_ plain: inout ByteBuffer, _ start: Int, isLast: Bool) {
    let part = plain.bytes.part(start, plain.count)
    if part.matches("..") {
      // Back to after the slash before the last one.
      var target = max(0, start &- 1)
      while target > 0, plain.bytes[target &- 1] != UInt8(ascii: "/") { target &-= 1 }
      plain.truncate(to: max(target, min(1, start)))
    } else if part.matches(".") {
      plain.truncate(to: start)
    } else if !isLast, !part.isEmpty || start == 0 {
      _ = plain.append(UInt8(ascii: "/"))
    }
  }

  /// Returns the byte at `at`, with an escape decoded, and moves `at` past it.
  private static func decode(_ path: Bytes, _ at: inout Int) -> UInt8 {
    if path[at] == UInt8(ascii: "%"), at &+ 2 < path.count, let high = hexadecimalValue(path[at &+ 1]),
      let low = hexadecimalValue(path[at &+ 2])
    {
      at &+= 3
      return high << 4 | low
    }
    at &+= 1
    return path[at &- 1]
  }
}
