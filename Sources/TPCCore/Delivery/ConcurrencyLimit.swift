// SPDX-License-Identifier: Apache-2.0

/// How many requests may be under way at once: begins with one and grows with success, as TCP's congestion window does
/// (RFC 5681, 3.1: slow start up to a threshold, then one more for each full round; half after a failure).
struct ConcurrencyLimit {
  private(set) var limit = 1
  private var threshold = Int.max
  /// Successes since the limit last grew, beyond the threshold.
  private var successes = 0
  /// No more than the connection carries: HTTP/2 streams, or HTTP/1.1 connections.
  var maximum: Int {
    didSet { limit = min(limit, max(1, maximum)) }
  }

  init(maximum: Int) { self.maximum = max(1, maximum) }

  mutating func succeeded() {
    guard limit < maximum else { return }
    if limit < threshold {
      limit += 1
    } else {
      successes += 1
      if successes >= limit {
        successes = 0
        limit += 1
      }
    }
  }

  mutating func failed() {
    threshold = max(2, limit / 2)
    limit = max(1, limit / 2)
    successes = 0
  }

  /// After an outage the server is met as a stranger.
  mutating func restart() {
    threshold = max(2, maximum / 2)
    limit = 1
    successes = 0
  }
}
