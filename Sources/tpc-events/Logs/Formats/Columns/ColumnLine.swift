// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Splits a line into the texts of its columns.
struct ColumnLine {
  private let line: Bytes
  private var at = 0
  /// Whether tabs are between the columns, so that a text may have spaces, or be empty.
  let hasTabs: Bool
  private var isAtEnd = false

  init(_ line: Bytes) {
    self.line = line
    hasTabs = line.contains(0x09)
    if !hasTabs { skipBlanks() }
  }

  private mutating func skipBlanks() {
    while at < line.count, line[at] == 0x20 { at += 1 }
    isAtEnd = at == line.count
  }

  /// The next text, and whether it was in quotes, in which a quote is written twice.
  mutating func next() -> (text: Bytes, isQuoted: Bool)? {
    if isAtEnd { return nil }
    let start = at
    if line.count > at, line[at] == UInt8(ascii: "\""), let end = closingQuote(start + 1) {
      at = end + 1
      step()
      return (line.part(start + 1, end), true)
    }
    let separator: UInt8 = hasTabs ? 0x09 : 0x20
    while at < line.count, line[at] != separator { at += 1 }
    let text = line.part(start, at)
    step()
    return (text, false)
  }

  /// To the beginning of the next text.
  private mutating func step() {
    guard at < line.count else {
      isAtEnd = true
      return
    }
    if hasTabs { at += 1 } else { skipBlanks() }
  }

  /// The quote that ends a text: before the next column, or the line's end.
  private func closingQuote(_ start: Int) -> Int? {
    let separator: UInt8 = hasTabs ? 0x09 : 0x20
    var at = start
    while at < line.count {
      if line[at] == UInt8(ascii: "\"") {
        if at + 1 == line.count || line[at + 1] == separator { return at }
        if line[at + 1] == UInt8(ascii: "\"") { at += 1 }
      }
      at += 1
    }
    return nil
  }
}
