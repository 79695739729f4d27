// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What is before a line's first character without being part of it.
enum LeadingNoise {
  /// The line without byte order marks, the NUL bytes that a truncated file gets, and the terminal's colors.
  static func skip(_ line: Bytes) -> Bytes {
    var line = line
    while let first = line.first {
      switch first {
      case 0x00: line = line.part(1, line.count)
      case 0xEF:
        guard line.part(0, 3).matches("\u{FEFF}") else { return line }
        line = line.part(3, line.count)
      case 0x1B:
        let end = colorEnd(line)
        guard end > 0 else { return line }
        line = line.part(end, line.count)
      default: return line
      }
    }
    return line
  }

  /// The end of `ESC [ 36 m`; 0 for anything else.
  static func colorEnd(_ line: Bytes) -> Int {
    guard line.count > 2, line[0] == 0x1B, line[1] == UInt8(ascii: "[") else { return 0 }
    var at = 2
    while at < line.count, line[at] &- 0x30 < 10 || line[at] == UInt8(ascii: ";") { at += 1 }
    return at < line.count && (line[at] | 0x20) &- 0x61 < 26 ? at + 1 : 0
  }
}
