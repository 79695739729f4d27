// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Times since 1970-01-01T00:00:00Z as a decimal number, with or without a fraction.
enum EpochTime {
  /// `digitsOfSecond` is how many of the digits before the point are part of the second: 3 for milliseconds.
  static func append(_ text: Bytes, digitsOfSecond: Int, to time: inout ByteBuffer) -> Bool {
    var milliseconds: Int64 = 0
    var whole = 0
    while whole < text.count, text[whole] &- 0x30 < 10 { whole += 1 }
    guard whole > 0, whole <= 19, whole == text.count || text[whole] == UInt8(ascii: ".") else { return false }
    let seconds = max(0, whole - digitsOfSecond)
    // Thirteen digits are beyond the year 9999, and would not fit when they are multiplied.
    guard seconds <= 12 else { return false }
    for at in 0..<seconds { milliseconds = milliseconds * 10 + Int64(text[at] &- 0x30) }
    var digits = 0
    var at = seconds
    // A number with fewer digits than its unit has is within the first second.
    var missing = digitsOfSecond - (whole - seconds)
    while digits < 3 {
      if missing > 0 {
        missing -= 1
        milliseconds *= 10
      } else {
        if at == whole, at < text.count { at += 1 }
        let digit = at < text.count ? text[at] &- 0x30 : 0
        guard digit < 10 else { return false }
        milliseconds = milliseconds * 10 + Int64(digit)
        at += 1
      }
      digits += 1
    }
    guard DateTime.formattable.contains(milliseconds) else { return false }
    return DateTime.format(millisecondsSinceEpoch: milliseconds, into: &time)
  }
}
