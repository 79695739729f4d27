// SPDX-License-Identifier: Apache-2.0

/// The proleptic Gregorian calendar without time zones, for the days of RFC 3339 and HTTP. The C library's functions
/// depend on the host's locale and time zone, and take locks.
enum GregorianCalendar {
  static let millisecondsPerDay: Int64 = 86_400_000

  /// The number of the day, from 1970-01-01 on, of a time in milliseconds.
  static func day(of milliseconds: Int64) -> Int {
    Int((milliseconds &- (milliseconds < 0 ? millisecondsPerDay &- 1 : 0)) / millisecondsPerDay)
  }

  static func isLeapYear(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// The number of days in a month; 0 for a month outside 1 to 12.
  static func daysInMonth(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 1, 3, 5, 7, 8, 10, 12: 31
    case 4, 6, 9, 11: 30
    case 2: isLeapYear(year) ? 29 : 28
    default: 0
    }
  }

  /// Days from 1970-01-01 to a date in the years 0 to 9999.
  ///
  /// Years are counted from March, so that the leap day is the last day of a year. A month then begins (153 * month +
  /// 2) / 5 days into the year, because March to July and August to December each have 153 days.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let marchYear = Int64(year) &+ (month > 2 ? 400 : 399)
    let marchMonth = Int64(month) &+ (month > 2 ? -3 : 9)
    let leapDays = marchYear / 4 &- marchYear / 100 &+ marchYear / 400
    // 400 years are 146,097 days; 719,468 days pass from 0000-03-01 to 1970-01-01.
    return marchYear &* 365 &+ leapDays &+ (153 &* marchMonth &+ 2) / 5 &+ Int64(day) &- 1 &- 146_097 &- 719_468
  }

  /// The date `days` after 1970-01-01, for the years 0 to 9999.
  @_optimize(speed)
  static func date(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = days &+ 719_468 &+ 146_097
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36524 &- dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let marchMonth = (5 &* dayOfYear &+ 2) / 153
    let month = marchMonth < 10 ? marchMonth &+ 3 : marchMonth &- 9
    let year = era &* 400 &+ yearOfEra &- 400 &+ (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(dayOfYear &- (153 &* marchMonth &+ 2) / 5 &+ 1))
  }
}
