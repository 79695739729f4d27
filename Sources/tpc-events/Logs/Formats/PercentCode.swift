// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Resolves `%HH`, and the same with another mark than `%`.
enum PercentCode {
  /// Appends the bytes to a buffer that has room for as many as `text` has. A mark that begins no code stays.
  static func appendDecoded(_ text: Bytes, _ mark: UInt8 = UInt8(ascii: "%"), to bytes: inout ByteBuffer) {
    var at = 0
    while at < text.count {
      if text[at] == mark, at + 2 < text.count, let high = CombinedEscapes.digit(text[at + 1]),
        let low = CombinedEscapes.digit(text[at + 2])
      {
        _ = bytes.append(high << 4 | low)
        at += 3
      } else {
        _ = bytes.append(text[at])
        at += 1
      }
    }
  }
}
