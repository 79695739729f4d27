// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Turns a log's time into the form of RFC 3339.
enum LogTime {
  /// Appends the time. `false` when the text does not look like a time in this form, or memory ran out. Whether the day and the hour exist
  /// is not checked.
  static func append(_ text: Bytes, _ form: TimeForm, to time: inout ByteBuffer) -> Bool {
    switch form {
    // Servers can be told to write the other one in its place.
    case .combined: CombinedTime.begins(text) ? CombinedTime.append(text, to: &time) : ISOTime.append(text, to: &time)
    case .iso: ISOTime.append(text, to: &time)
    case .seconds: EpochTime.append(text, digitsOfSecond: 0, to: &time)
    case .milliseconds: EpochTime.append(text, digitsOfSecond: 3, to: &time)
    case .microseconds: EpochTime.append(text, digitsOfSecond: 6, to: &time)
    case .nanoseconds: EpochTime.append(text, digitsOfSecond: 9, to: &time)
    case .any: appendAny(text, to: &time)
    }
  }

  /// Appends a date such as `2000-10-10` and a time of day in UTC, such as `20:55:36` or `20:55:36.123`.
  static func append(date: Bytes, timeOfDay: Bytes, to time: inout ByteBuffer) -> Bool {
    guard date.count == 10, timeOfDay.count >= 8 else { return false }
    return time.append(date) && time.append("T") && time.append(timeOfDay) && time.append("Z")
  }

  private static func appendAny(_ text: Bytes, to time: inout ByteBuffer) -> Bool {
    var digits = 0
    while digits < text.count, text[digits] &- 0x30 < 10 { digits += 1 }
    let isNumber = digits > 0 && (digits == text.count || text[digits] == UInt8(ascii: "."))
    if !isNumber { return CombinedTime.isTime(text) ? CombinedTime.append(text, to: &time) : ISOTime.append(text, to: &time) }
    // Ten digits are seconds from 2001 to 2286, and each unit has three more.
    return EpochTime.append(text, digitsOfSecond: digits <= 11 ? 0 : digits <= 14 ? 3 : digits <= 17 ? 6 : 9, to: &time)
  }
}
