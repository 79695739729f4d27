// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Patterns for paths: the options `include_paths` and `exclude_paths`. `*` matches any characters, slashes among them, and
/// everything else matches itself. A pattern is matched against a path as it was sent and as a server sees it (`PlainPath`).
struct PathPatterns {
  private let patterns: [[UInt8]]
  /// The patterns written as plain paths are, where that differs.
  private let plainPatterns: [[UInt8]]

  /// Reads a list separated by commas. Fails with `invalidOption` for a pattern that no path could match.
  init(_ list: [UInt8], _ option: StaticString) throws(Failure) {
    patterns = OptionValue.list(list)
    var plainPatterns: [[UInt8]] = []
    for pattern in patterns {
      guard pattern.first == UInt8(ascii: "/") || pattern.first == UInt8(ascii: "*") else {
        throw Failure(
          .invalidOption, field: option,
          "found a pattern that begins with neither / nor *; expected paths such as /blog/*, separated by commas")
      }
      let plain = try PathPatterns.plain(pattern)
      if plain != pattern { plainPatterns.append(plain) }
    }
    self.plainPatterns = plainPatterns
  }

  private static func plain(_ pattern: [UInt8]) throws(Failure) -> [UInt8] {
    try pattern.withUnsafeBufferPointer { bytes throws(Failure) in
      let plain = try PlainPath(bytes)
      return [UInt8](plain.bytes)
    }
  }

  var isEmpty: Bool { patterns.isEmpty }

  /// Whether a path is to be tracked. It is matched as a server sees it, since `/blog/../admin` does not belong to the blog.
  func includes(_ path: Bytes, _ plain: borrowing PlainPath) -> Bool {
    PathPatterns.matches(plain.bytes, patterns) || PathPatterns.matches(plain.bytes, plainPatterns)
      || plain.isLiteral && PathPatterns.matches(path, patterns)
  }

  /// Whether a path is not to be tracked, in any way that a server may read it.
  func excludes(_ path: Bytes, _ plain: borrowing PlainPath) -> Bool {
    PathPatterns.matches(path, patterns) || PathPatterns.matches(plain.bytes, plainPatterns)
      || !plain.isPlain && PathPatterns.matches(plain.bytes, patterns)
  }

  private static func matches(_ path: Bytes, _ patterns: [[UInt8]]) -> Bool {
    patterns.contains { pattern in pattern.withUnsafeBufferPointer { matches(path, $0) } }
  }

  /// Matches the texts between the stars in their order: the first at the path's start, the last at its end, and each of the others
  /// at its first occurrence after the one before. Every byte of the path is looked at only a few times, whatever the path holds.
  private static func matches(_ path: Bytes, _ pattern: Bytes) -> Bool {
    guard let star = pattern.firstIndex(of: UInt8(ascii: "*")) else { return path.matches(pattern) }
    guard path.part(0, star).matches(pattern.part(0, star)) else { return false }
    var rest = path.tail(star)
    var text = pattern.tail(star &+ 1)
    while let next = text.firstIndex(of: UInt8(ascii: "*")) {
      guard let end = find(text.part(0, next), in: rest) else { return false }
      rest = rest.tail(end)
      text = text.tail(next &+ 1)
    }
    return rest.count >= text.count && rest.tail(rest.count &- text.count).matches(text)
  }

  /// Returns where the first occurrence ends. memmem(3) takes time in proportion to both lengths.
  private static func find(_ text: Bytes, in path: Bytes) -> Int? {
    guard let wanted = text.baseAddress, text.count > 0 else { return 0 }
    guard let start = path.baseAddress, let found = tpc_posix_find(start, path.count, wanted, text.count) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(start) &+ text.count
  }
}
