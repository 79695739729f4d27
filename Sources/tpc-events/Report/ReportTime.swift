// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Times of a server's clock as people write them.
enum ReportTime {
  static let millisecondsPerHour: Int64 = 3_600_000

  /// The hours since 1970.
  static func hour(_ milliseconds: Int64) -> Int {
    Int((milliseconds &- (milliseconds < 0 ? millisecondsPerHour &- 1 : 0)) / millisecondsPerHour)
  }

  /// `21 Nov 2026`.
  static func day(_ milliseconds: Int64) -> [UInt8] { shortDay(milliseconds) + [0x20] + digits(milliseconds, 0, 4) }

  /// `21 Nov`.
  static func shortDay(_ milliseconds: Int64) -> [UInt8] {
    let day = digits(milliseconds, 8, 10)
    let month = digits(milliseconds, 5, 7).reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }
    let names: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
    let number = day.first == 0x30 ? [UInt8](day.dropFirst()) : day
    return number + [0x20] + [UInt8](names.bytes.part(3 &* (month &- 1), 3 &* month))
  }

  /// `Sat`.
  static func weekday(_ milliseconds: Int64) -> [UInt8] {
    let names: StaticString = "MonTueWedThuFriSatSun"
    let day = TimeSeries.divide(hour(milliseconds), 24)
    // 1970-01-01 was a Thursday.
    let index = ((day &+ 3) % 7 &+ 7) % 7
    return [UInt8](names.bytes.part(3 &* index, 3 &* index &+ 3))
  }

  /// `10:00`.
  static func clock(_ milliseconds: Int64) -> [UInt8] { digits(milliseconds, 11, 16) }

  /// `21 Nov 2026, 10:00`.
  static func minute(_ milliseconds: Int64) -> [UInt8] { day(milliseconds) + [UInt8](", ") + clock(milliseconds) }

  /// `21 Nov, 10:00`.
  static func shortMinute(_ milliseconds: Int64) -> [UInt8] { shortDay(milliseconds) + [UInt8](", ") + clock(milliseconds) }

  /// Part of a time in the form of RFC 3339.
  private static func digits(_ milliseconds: Int64, _ start: Int, _ end: Int) -> [UInt8] {
    var text = ByteBuffer()
    guard DateTime.format(millisecondsSinceEpoch: milliseconds, into: &text) else { return [] }
    return [UInt8](text.bytes.part(start, end))
  }
}
