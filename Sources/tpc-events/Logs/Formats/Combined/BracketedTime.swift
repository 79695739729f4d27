// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Finds a time in brackets.
enum BracketedTime {
  /// Where the time is, without its brackets. A user's name, which comes before it, may itself contain a bracket.
  static func find(in line: Bytes) -> Range<Int>? {
    var at = 1
    while at + 19 < line.count {
      if line[at] == UInt8(ascii: "["), LogWords.isBlank(line[at - 1]), let end = end(of: line, at + 1) { return at + 1..<end }
      at += 1
    }
    return nil
  }

  /// Where the bracket closes, if a time begins at `start`.
  private static func end(of line: Bytes, _ start: Int) -> Int? {
    let isCombined = CombinedTime.begins(line.part(start, start + 20))
    guard isCombined || line[start + 4] == UInt8(ascii: "-") && line[start] &- 0x30 < 10 else { return nil }
    var at = start + 19
    while at < line.count, at < start + 40 {
      if line[at] == UInt8(ascii: "]") { return at }
      at += 1
    }
    return nil
  }
}
