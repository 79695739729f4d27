// SPDX-License-Identifier: Apache-2.0

/// Times as RFC 3339, section 5.6, defines them: the rule `date-time`, with days, times and offsets that exist.
///
/// `T` and `Z` may be in lower case; no other character may replace the `T`. A second may be 60 if it is the last of a
/// UTC day (section 5.7). Which days have a leap second is announced too late for a library to know, so any day is
/// accepted.
package enum DateTime {
  static let expected: StaticString = "a date-time such as 2026-01-31T12:00:00Z (RFC 3339)"

  /// The first flaw that keeps the text from being a date-time; nil if it is one.
  package static func check(_ text: Bytes) -> Flaw? {
    if isPlain(text) { return nil }
    var reader = DateTimeReader(text: text)
    return reader.read()
  }

  /// Whether the text has the form that `format` writes, with numbers valid in every month and minute. Nearly every
  /// text has, and needs no closer look.
  private static func isPlain(_ text: Bytes) -> Bool {
    guard text.count == formattedLength, let base = text.baseAddress else { return false }
    func number(_ offset: Int) -> UInt8 {
      let (tens, ones) = (base[offset] &- 0x30, base[offset &+ 1] &- 0x30)
      return tens <= 9 && ones <= 9 ? tens &* 10 &+ ones : UInt8.max
    }
    let separators = base[4] == 0x2D && base[7] == 0x2D && base[10] == 0x54 && base[13] == 0x3A && base[16] == 0x3A
    return separators && base[19] == 0x2E && base[23] == 0x5A && number(0) <= 99 && number(2) <= 99
      && number(5) &- 1 < 12 && number(8) &- 1 < 28 && number(11) < 24 && number(14) < 60 && number(17) < 60
      && number(20) <= 99 && base[22] &- 0x30 <= 9
  }

  /// Milliseconds since 1970-01-01T00:00:00Z, with further digits of the fraction cut off; nil if `check` finds a flaw.
  /// A leap second counts as the second after it.
  package static func milliseconds(_ text: Bytes) -> Int64? {
    var reader = DateTimeReader(text: text)
    return reader.read() == nil ? reader.milliseconds : nil
  }

  /// The number of bytes that `format` appends.
  package static let formattedLength = 24
  /// The times that a year of four digits can express: 0000-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z.
  package static let formattable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// Appends a time as `2026-11-23T10:00:00.000Z`; a time outside `formattable` becomes the nearest in it. `false` when
  /// memory ran out.
  @_optimize(speed)
  package static func format(millisecondsSinceEpoch: Int64, into text: inout ByteBuffer) -> Bool {
    guard text.reserve(formattedLength), let base = text.base else { return false }
    let first = base + text.count
    let time = min(max(millisecondsSinceEpoch, formattable.lowerBound), formattable.upperBound)
    var days = time / GregorianCalendar.millisecondsPerDay
    var rest = time % GregorianCalendar.millisecondsPerDay
    if rest < 0 {
      days &-= 1
      rest &+= GregorianCalendar.millisecondsPerDay
    }
    let date = GregorianCalendar.date(days)
    let millisecond = Int(rest)
    write(date.year / 100, first, 0)
    write(date.year % 100, first, 2, then: UInt8(ascii: "-"))
    write(date.month, first, 5, then: UInt8(ascii: "-"))
    write(date.day, first, 8, then: UInt8(ascii: "T"))
    write(millisecond / 3_600_000, first, 11, then: UInt8(ascii: ":"))
    write(millisecond / 60_000 % 60, first, 14, then: UInt8(ascii: ":"))
    write(millisecond / 1000 % 60, first, 17, then: UInt8(ascii: "."))
    write(millisecond % 1000 / 10, first, 20)
    first[22] = UInt8(truncatingIfNeeded: millisecond % 10) &+ 0x30
    first[23] = UInt8(ascii: "Z")
    text.commit(formattedLength)
    return true
  }

  @inline(__always)
  private static func write(_ number: Int, _ base: UnsafeMutablePointer<UInt8>, _ offset: Int, then separator: UInt8 = 0) {
    base[offset] = UInt8(truncatingIfNeeded: number / 10) &+ 0x30
    base[offset &+ 1] = UInt8(truncatingIfNeeded: number % 10) &+ 0x30
    if separator != 0 { base[offset &+ 2] = separator }
  }
}

private struct DateTimeReader {
  let text: Bytes
  var at = 0
  var days: Int64 = 0
  var minuteOfDay = 0
  var second = 0
  var millisecond = 0
  /// Minutes by which local time is ahead of UTC.
  var offset = 0

  init(text: Bytes) { self.text = text }

  var milliseconds: Int64 {
    let minutes = days &* 1440 &+ Int64(minuteOfDay &- offset)
    return (minutes &* 60 &+ Int64(second)) &* 1000 &+ Int64(millisecond)
  }

  mutating func read() -> Flaw? {
    if let flaw = readDate() { return flaw }
    guard byte | 0x20 == UInt8(ascii: "t") else { return flaw("'T' between date and time (RFC 3339)") }
    at &+= 1
    let timeStart = at
    if let flaw = readTime() { return flaw }
    if let flaw = readOffset() { return flaw }
    guard at == text.count else { return flaw("nothing after the date-time") }
    if second == 60 {
      let utcMinute = (minuteOfDay &- offset &+ 2880) % 1440
      if utcMinute != 1439 {
        return Flaw(offset: timeStart &+ 6, found: "second 60", expected: "a leap second at 23:59:60 UTC only (RFC 3339)")
      }
    }
    return nil
  }

  private mutating func readDate() -> Flaw? {
    guard let century = readNumber(), let yearOfCentury = readNumber() else { return notDigit }
    let year = century &* 100 &+ yearOfCentury
    if let flaw = skip(UInt8(ascii: "-")) { return flaw }
    guard let month = readNumber() else { return notDigit }
    guard month >= 1 && month <= 12 else { return out("an invalid month", "a month from 01 to 12") }
    if let flaw = skip(UInt8(ascii: "-")) { return flaw }
    guard let day = readNumber() else { return notDigit }
    guard day >= 1 && day <= GregorianCalendar.daysInMonth(year, month) else {
      return out("a day that this month does not have", "a day of the calendar (RFC 3339)")
    }
    days = GregorianCalendar.days(year, month, day)
    return nil
  }

  private mutating func readTime() -> Flaw? {
    guard let hour = readNumber() else { return notDigit }
    guard hour <= 23 else { return out("an hour above 23", "an hour from 00 to 23") }
    if let flaw = skip(UInt8(ascii: ":")) { return flaw }
    guard let minute = readNumber() else { return notDigit }
    guard minute <= 59 else { return out("a minute above 59", "a minute from 00 to 59") }
    if let flaw = skip(UInt8(ascii: ":")) { return flaw }
    guard let second = readNumber() else { return notDigit }
    guard second <= 60 else { return out("a second above 60", "a second from 00 to 59") }
    minuteOfDay = hour &* 60 &+ minute
    self.second = second
    return byte == UInt8(ascii: ".") ? readFraction() : nil
  }

  private mutating func readFraction() -> Flaw? {
    at &+= 1
    let start = at
    var weight = 100
    while byte &- 0x30 < 10 {
      millisecond &+= Int(byte &- 0x30) &* weight
      weight /= 10
      at &+= 1
    }
    return at > start ? nil : notDigit
  }

  private mutating func readOffset() -> Flaw? {
    let sign = byte
    if sign | 0x20 == UInt8(ascii: "z") {
      at &+= 1
      return nil
    }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return flaw("'Z' or an offset such as +01:00") }
    at &+= 1
    guard let hours = readNumber() else { return notDigit }
    guard hours <= 23 else { return out("an offset's hour above 23", "an offset of at most 23:59") }
    if let flaw = skip(UInt8(ascii: ":")) { return flaw }
    guard let minutes = readNumber() else { return notDigit }
    guard minutes <= 59 else { return out("an offset's minute above 59", "an offset of at most 23:59") }
    offset = (hours &* 60 &+ minutes) &* (sign == UInt8(ascii: "-") ? -1 : 1)
    return nil
  }

  /// The byte at the position; NUL at the text's end, which no rule of the grammar accepts.
  @inline(__always)
  private var byte: UInt8 { at < text.count ? text[at] : 0 }

  /// Reads two digits. Returns nil at the first non-digit and stops there.
  @inline(__always)
  private mutating func readNumber() -> Int? {
    let tens = byte &- 0x30
    guard tens < 10 else { return nil }
    at &+= 1
    let ones = byte &- 0x30
    guard ones < 10 else { return nil }
    at &+= 1
    return Int(tens) &* 10 &+ Int(ones)
  }

  private mutating func skip(_ separator: UInt8) -> Flaw? {
    guard byte == separator else { return flaw(DateTime.expected) }
    at &+= 1
    return nil
  }

  private var notDigit: Flaw { flaw("a digit, as in 2026-01-31T12:00:00Z (RFC 3339)") }

  private func flaw(_ expected: StaticString) -> Flaw {
    Flaw(offset: at, byte: at < text.count ? text[at] : nil, expected: expected)
  }

  /// The flaw when the two digits just read are out of range.
  private func out(_ found: StaticString, _ expected: StaticString) -> Flaw {
    Flaw(offset: at &- 2, found: found, expected: expected)
  }
}
