// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The time of a log's lines as the server's clock showed it, in milliseconds since 1970-01-01 on that clock. People know their
/// server's days and hours; UTC's would cut them elsewhere.
final class LogClock {
  /// Whether lines have had different offsets from UTC.
  private(set) var hasSeveralOffsets = false
  /// Minutes ahead of UTC of the last line; nil before the first one.
  private(set) var offsetMinutes: Int?
  private(set) var first: Int64?
  private(set) var last: Int64?
  // Many lines have the time of the line before.
  private var text = ByteBuffer()
  private var known: Int64 = 0

  /// The time of a line, in the form of RFC 3339; nil if no calendar or clock shows it.
  func read(_ time: Bytes) -> Int64? {
    if !text.bytes.isEmpty, text.bytes.matches(time) { return known }
    guard let milliseconds = DateTime.milliseconds(time) else { return nil }
    let offset = LogClock.offset(time)
    if let offsetMinutes, offsetMinutes != offset { hasSeveralOffsets = true }
    offsetMinutes = offset
    known = milliseconds &+ Int64(offset) &* 60_000
    text.truncate(to: 0)
    _ = text.append(time)
    first = min(first ?? known, known)
    last = max(last ?? known, known)
    return known
  }

  private static func offset(_ time: Bytes) -> Int {
    let end = time.part(time.count &- 6, time.count)
    guard end.count == 6, end[3] == UInt8(ascii: ":"), end[0] == UInt8(ascii: "+") || end[0] == UInt8(ascii: "-") else { return 0 }
    func number(_ at: Int) -> Int { Int(end[at] &- 0x30) &* 10 &+ Int(end[at &+ 1] &- 0x30) }
    let minutes = number(1) &* 60 &+ number(4)
    return end[0] == UInt8(ascii: "-") ? -minutes : minutes
  }
}
