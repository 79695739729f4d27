// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The quoted texts of a line, one after another.
struct QuotedTexts {
  private let line: Bytes
  /// Where the last text ended, with its quote.
  private(set) var at: Int
  /// Whether the last text never closed.
  private(set) var isCut = false

  init(_ line: Bytes, from start: Int) {
    self.line = line
    at = start
  }

  /// The next field if it is quoted or, `orDash`, a `-` alone; nil, without a step, for any other. The text of a quote that never closes goes
  /// to the line's end: servers cut what is too long.
  mutating func next(orDash: Bool) -> Bytes? {
    var start = at
    while start < line.count, LogWords.isBlank(line[start]) { start += 1 }
    guard start < line.count else { return nil }
    guard line[start] == UInt8(ascii: "\"") else {
      guard orDash, line[start] == UInt8(ascii: "-"), start + 1 == line.count || LogWords.isBlank(line[start + 1]) else { return nil }
      at = start + 1
      return line.part(start, at)
    }
    return take(start + 1)
  }

  /// The next quoted text, after whatever comes before it.
  mutating func nextAnywhere() -> Bytes? {
    while at < line.count, line[at] != UInt8(ascii: "\"") { at += 1 }
    return at < line.count ? take(at + 1) : nil
  }

  private mutating func take(_ start: Int) -> Bytes {
    if let end = CombinedLine.closingQuote(line, start, { $0 == line.count || LogWords.isBlank(line[$0]) }) {
      at = end + 1
      return line.part(start, end)
    }
    at = line.count
    isCut = true
    // The backslash before the last quote was the visitor's own.
    return line.part(start, line.last == UInt8(ascii: "\"") && line.count > start ? line.count - 1 : line.count)
  }
}
