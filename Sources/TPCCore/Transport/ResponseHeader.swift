// SPDX-License-Identifier: Apache-2.0

/// What the header lines of an answer say about trying again.
struct ResponseHeader {
  private var retryAfter: Int64?
  private var retryAfterMilliseconds: Int64?
  /// The header x-should-retry.
  private(set) var shouldRetry: Bool?

  /// The time that the server asks for, in milliseconds from when it was read; the finer header wins.
  var pause: Int64? { retryAfterMilliseconds ?? retryAfter }

  /// Takes in one line, as it came; `wall` is now, in milliseconds since 1970.
  mutating func read(_ line: Bytes, wall: Int64) {
    // A status line: what an interim answer said is not the final one's.
    if line.part(0, 5).matches("HTTP/") {
      self = ResponseHeader()
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = line.part(0, colon)
    var (start, end) = (colon + 1, line.count)
    while start < end, line[start] <= 0x20 { start += 1 }
    while end > start, line[end - 1] <= 0x20 { end -= 1 }
    let value = line.part(start, end)
    if name.matchesIgnoringCase("retry-after") {
      retryAfter = RetryAfter.parse(value, wall: wall)
    } else if name.matchesIgnoringCase("retry-after-ms") {
      retryAfterMilliseconds = RetryAfter.parseMilliseconds(value)
    } else if name.matchesIgnoringCase("x-should-retry") {
      if value.matchesIgnoringCase("true") { shouldRetry = true }
      if value.matchesIgnoringCase("false") { shouldRetry = false }
    }
  }
}
