// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Finds the first time in the lines of a log, whatever its format, to tell which of two files is the older one.
enum FirstTime {
  /// How many bytes of a file are looked through.
  private static let searchedBytes = 64 * 1024

  /// In milliseconds since 1970; nil where there is none.
  static func milliseconds(in lines: Bytes) -> Int64? {
    let text = lines.part(0, searchedBytes)
    var time = ByteBuffer()
    var number: Int64?
    var at = 0
    while at < text.count {
      guard text[at] &- 0x30 < 10, at == 0 || !isPartOfWord(text[at - 1]) else {
        at += 1
        continue
      }
      var end = at
      while end < text.count, text[end] &- 0x30 < 10 { end += 1 }
      time.truncate(to: 0)
      if append(text.part(at, at + 40), digits: end - at, to: &time), let found = DateTime.milliseconds(time.bytes) { return found }
      if number == nil { number = epoch(text.part(at, end)) }
      at = end
      // The time of a line without a written one.
      if at < text.count, text[at] == 0x0A, let number { return number }
    }
    return number
  }

  /// A written time at the start of a text, to the second and as if in UTC: files of one log have one time zone.
  private static func append(_ text: Bytes, digits: Int, to time: inout ByteBuffer) -> Bool {
    if digits == 2 { return CombinedTime.begins(text) && CombinedTime.append(combined(text), to: &time) }
    guard digits == 4, text.count >= 19, text[4] == UInt8(ascii: "-") else { return false }
    // W3C's logs have a tab or a space between the two.
    if text[10] == 0x09 { return LogTime.append(date: text.part(0, 10), timeOfDay: text.part(11, 19), to: &time) }
    return ISOTime.append(text.part(0, 19), to: &time)
  }

  private static func combined(_ text: Bytes) -> Bytes {
    let whole = text.part(0, 26)
    return CombinedTime.isTime(whole) && whole.count == 26 && whole[20] == 0x20 && (whole[21] == 0x2B || whole[21] == 0x2D) ? whole : text.part(0, 20)
  }

  /// Seconds, milliseconds, microseconds or nanoseconds since 1970, if they are of 2001 to 2033.
  private static func epoch(_ digits: Bytes) -> Int64? {
    guard digits.count == 10 || digits.count == 13 || digits.count == 16 || digits.count == 19, digits[0] == UInt8(ascii: "1") else { return nil }
    var time = ByteBuffer()
    guard LogTime.append(digits, .any, to: &time) else { return nil }
    return DateTime.milliseconds(time.bytes)
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: ".") }
}
