// SPDX-License-Identifier: Apache-2.0

/// Dates in HTTP headers such as `Retry-After` (RFC 9110, section 5.6.7).
package enum HTTPDate {
  /// Seconds since 1970-01-01T00:00:00Z of a date in any of the three forms; nil if the text is not such a date. `now`,
  /// in the same seconds, decides which century the two digits of an RFC 850 date mean: the latest year with these
  /// digits that is at most 50 years ahead.
  ///
  ///     Sun, 06 Nov 1994 08:49:37 GMT
  ///     Sunday, 06-Nov-94 08:49:37 GMT
  ///     Sun Nov  6 08:49:37 1994
  package static func seconds(_ text: Bytes, now: Int64) -> Int64? {
    var reader = HTTPDateReader(text: text)
    guard let weekday = reader.readName("MonTueWedThuFriSatSun") else { return nil }
    let seconds: Int64?
    if reader.skip(", ") {
      seconds = reader.readFixedDate()
    } else if reader.skip(" ") {
      seconds = reader.readAsctime()
    } else {
      guard reader.skip(HTTPDateReader.endOfLongName(weekday)), reader.skip(", ") else { return nil }
      seconds = reader.readRFC850(now)
    }
    return reader.isAtEnd ? seconds : nil
  }
}

/// Reads a date piece by piece. Names must have the case that the RFC gives them. Whether the weekday is right for the
/// date is not checked: it does not change when the date is.
private struct HTTPDateReader {
  let text: Bytes
  var at = 0

  init(text: Bytes) { self.text = text }

  var isAtEnd: Bool { at == text.count }

  mutating func skip(_ literal: StaticString) -> Bool {
    let end = at &+ literal.utf8CodeUnitCount
    guard text.part(at, end).matches(literal) else { return false }
    at = end
    return true
  }

  /// Reads one of the names, which have three letters each. Returns its number, counted from 1.
  mutating func readName(_ names: StaticString) -> Int? {
    for number in 0..<names.utf8CodeUnitCount / 3 {
      guard text.part(at, at &+ 3).matches(names.bytes.part(number &* 3, number &* 3 &+ 3)) else { continue }
      at &+= 3
      return number &+ 1
    }
    return nil
  }

  static func endOfLongName(_ weekday: Int) -> StaticString {
    switch weekday {
    case 2: "sday"
    case 3: "nesday"
    case 4: "rsday"
    case 6: "urday"
    default: "day"
    }
  }

  private mutating func readMonth() -> Int? { readName("JanFebMarAprMayJunJulAugSepOctNovDec") }

  private mutating func readNumber(digits: Int) -> Int? {
    guard text.count &- at >= digits else { return nil }
    var number = 0
    for _ in 0..<digits {
      let digit = text[at] &- 0x30
      guard digit < 10 else { return nil }
      number = number &* 10 &+ Int(digit)
      at &+= 1
    }
    return number
  }

  /// Reads `hour ":" minute ":" second`, in seconds. The grammar allows a leap second.
  private mutating func readTime() -> Int? {
    guard let hour = readNumber(digits: 2), hour <= 23, skip(":"), let minute = readNumber(digits: 2), minute <= 59, skip(":"),
      let second = readNumber(digits: 2), second <= 60
    else { return nil }
    return (hour &* 60 &+ minute) &* 60 &+ second
  }

  private func seconds(_ year: Int, _ month: Int, _ day: Int, _ time: Int) -> Int64? {
    guard day >= 1, day <= GregorianCalendar.daysInMonth(year, month) else { return nil }
    return GregorianCalendar.days(year, month, day) &* 86400 &+ Int64(time)
  }

  /// Reads `06 Nov 1994 08:49:37 GMT`.
  mutating func readFixedDate() -> Int64? {
    guard let day = readNumber(digits: 2), skip(" "), let month = readMonth(), skip(" "), let year = readNumber(digits: 4),
      skip(" "), let time = readTime(), skip(" GMT")
    else { return nil }
    return seconds(year, month, day, time)
  }

  /// Reads `06-Nov-94 08:49:37 GMT`.
  mutating func readRFC850(_ now: Int64) -> Int64? {
    guard let day = readNumber(digits: 2), skip("-"), let month = readMonth(), skip("-"), let twoDigits = readNumber(digits: 2),
      skip(" "), let time = readTime(), skip(" GMT")
    else { return nil }
    let today = min(max(now, 0), DateTime.formattable.upperBound / 1000) / 86400
    let latestYear = GregorianCalendar.date(today).year &+ 50
    let century = latestYear / 100 &* 100
    let year = century &+ twoDigits > latestYear ? century &- 100 &+ twoDigits : century &+ twoDigits
    return seconds(year, month, day, time)
  }

  /// Reads `Nov  6 08:49:37 1994`.
  mutating func readAsctime() -> Int64? {
    guard let month = readMonth(), skip(" ") else { return nil }
    let digits = skip(" ") ? 1 : 2
    guard let day = readNumber(digits: digits), skip(" "), let time = readTime(), skip(" "), let year = readNumber(digits: 4)
    else { return nil }
    return seconds(year, month, day, time)
  }
}
