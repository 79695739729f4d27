// SPDX-License-Identifier: Apache-2.0

/// Parses how long a server asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or
/// `retry-after-ms` in milliseconds. It is a minimum for the next attempt, capped so that a mistaken header cannot
/// silence a sender for a day.
enum RetryAfter {
  static let longestMilliseconds: Int64 = 300_000

  /// Milliseconds from now; nil for text that is neither seconds nor a date. `wallMilliseconds` is the current time,
  /// since 1970.
  static func parse(_ value: Bytes, wallMilliseconds: Int64) -> Int64? {
    if let seconds = digits(value) { return min(longestMilliseconds, seconds.multipliedReportingOverflow(by: 1000).partialValue) }
    guard let date = HTTPDate.seconds(value, now: wallMilliseconds / 1000) else { return nil }
    let (until, overflow) = date.multipliedReportingOverflow(by: 1000)
    if overflow { return nil }
    return max(0, min(longestMilliseconds, until.subtractingReportingOverflow(wallMilliseconds).partialValue))
  }

  static func parseMilliseconds(_ value: Bytes) -> Int64? { digits(value).map { min(longestMilliseconds, $0) } }

  /// Reads a number of any length; anything above a million, which is beyond the cap anyway, counts as a million.
  private static func digits(_ value: Bytes) -> Int64? {
    guard value.count > 0 else { return nil }
    var number: Int64 = 0
    for byte in value {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      number = min(1_000_000, number * 10 + Int64(byte - 0x30))
    }
    return number
  }
}
