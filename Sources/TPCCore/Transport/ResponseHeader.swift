// SPDX-License-Identifier: Apache-2.0

/// What an answer's header lines say about trying again.
struct ResponseHeader {
  /// From Retry-After.
  private var coarseRetryAfterMilliseconds: Int64?
  /// From retry-after-ms.
  private var fineRetryAfterMilliseconds: Int64?
  /// The header x-should-retry.
  private(set) var shouldRetry: Bool?

  /// The time that the server asks for, from when the header was read; the finer header wins.
  var retryAfterMilliseconds: Int64? { fineRetryAfterMilliseconds ?? coarseRetryAfterMilliseconds }

  /// Reads one raw header line; `wallMilliseconds` is the current time, since 1970.
  mutating func read(_ line: Bytes, wallMilliseconds: Int64) {
    // A status line: headers of an interim answer do not apply to the final one.
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
      coarseRetryAfterMilliseconds = RetryAfter.parse(value, wallMilliseconds: wallMilliseconds)
    } else if name.matchesIgnoringCase("retry-after-ms") {
      fineRetryAfterMilliseconds = RetryAfter.parseMilliseconds(value)
    } else if name.matchesIgnoringCase("x-should-retry") {
      if value.matchesIgnoringCase("true") { shouldRetry = true }
      if value.matchesIgnoringCase("false") { shouldRetry = false }
    }
  }
}
