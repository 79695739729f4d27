// SPDX-License-Identifier: Apache-2.0

/// Exponential backoff with jitter: min(maximum, initial · 2ⁿ) × random(0.5…1). The jitter keeps senders that failed
/// together from coming back together.
struct RetryPolicy {
  let initialMilliseconds: Int64
  let maximumMilliseconds: Int64

  /// The delay after `failures` failures in a row; `unit` is a uniformly distributed number in 0..<1.
  func delayMilliseconds(failures: Int, unit: Double) -> Int64 {
    let doublings = max(0, min(failures - 1, 40))
    let (grown, overflow) = initialMilliseconds.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let full = overflow ? maximumMilliseconds : min(maximumMilliseconds, grown)
    return max(1, Int64(Double(full) * (0.5 + unit / 2)))
  }

  /// How much later than the end of a pause that the server asked for to come back: up to half of the pause, and no
  /// more than the longest delay.
  func spreadMilliseconds(over pauseMilliseconds: Int64, unit: Double) -> Int64 {
    Int64(Double(min(maximumMilliseconds, max(0, pauseMilliseconds) / 2)) * unit)
  }

  func capped(atMilliseconds limit: Int64) -> RetryPolicy {
    RetryPolicy(
      initialMilliseconds: min(initialMilliseconds, limit), maximumMilliseconds: min(maximumMilliseconds, limit))
  }
}
