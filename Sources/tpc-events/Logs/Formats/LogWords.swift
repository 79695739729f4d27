// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The words of a line, between any number of spaces and tabs.
struct LogWords {
  private let line: Bytes
  /// Where the last word ended.
  private(set) var at: Int

  init(_ line: Bytes, from start: Int) {
    self.line = line
    at = start
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  mutating func next() -> Bytes? {
    while at < line.count, LogWords.isBlank(line[at]) { at += 1 }
    let start = at
    while at < line.count, !LogWords.isBlank(line[at]) { at += 1 }
    return at > start ? line.part(start, at) : nil
  }

  /// The next word with all that follow it after commas, as in `192.0.2.1, 192.0.2.2`.
  mutating func nextList() -> Bytes? {
    guard let first = next() else { return nil }
    let start = at - first.count
    var last = first
    while last.last == UInt8(ascii: ","), let word = next() { last = word }
    return line.part(start, at)
  }
}
