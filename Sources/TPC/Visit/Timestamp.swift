// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import TPCCore

/// Dates as the contract writes them: RFC 3339, in UTC.
enum Timestamp {
  /// With milliseconds, or with microseconds if there are any. Fails for a year that four digits cannot write.
  static func text(_ date: Date) throws(Failure) -> String {
    let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
    let range = DateTime.formattable
    guard microseconds >= Double(range.lowerBound) * 1000, microseconds <= Double(range.upperBound) * 1000 else {
      throw Failure(.invalidEvent, field: "/occurredAt", "found a date of another era; expected one in the years 0 to 9999")
    }
    let (milliseconds, rest) = Int64(microseconds).quotientAndRemainder(dividingBy: 1000)
    var text = ByteBuffer()
    guard DateTime.format(millisecondsSinceEpoch: rest < 0 ? milliseconds - 1 : milliseconds, into: &text) else { throw .outOfMemory }
    let written = String(text.bytes)
    guard rest != 0 else { return written }
    let digits = "\(1000 + (rest < 0 ? rest + 1000 : rest))".dropFirst()
    return written.dropLast() + digits + "Z"
  }

  /// Nil if the text is not a date-time.
  static func date(_ text: String) -> Date? {
    guard let milliseconds = withBytes(text, { DateTime.milliseconds($0) }) else { return nil }
    // The core's number ends with the milliseconds.
    let digits = text.drop { $0 != "." }.dropFirst().prefix { $0.isNumber }.dropFirst(3).prefix(3)
    let microseconds = Double(digits.padding(3)) ?? 0
    return Date(timeIntervalSince1970: (Double(milliseconds) * 1000 + microseconds) / 1_000_000)
  }
}

extension Substring {
  fileprivate func padding(_ count: Int) -> String { self + String(repeating: "0", count: Swift.max(0, count - self.count)) }
}
