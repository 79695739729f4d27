// SPDX-License-Identifier: Apache-2.0

/// Exponential backoff with jitter: min(maximum, initial · 2ⁿ) × random(0.5…1), in milliseconds. The jitter keeps senders
/// that failed together from coming back together.
struct RetryPolicy {
  let initial: Int64
  let maximum: Int64

  /// The delay after `failures` failures in a row; `unit` is even in 0..<1.
  func delay(failures: Int, unit: Double) -> Int64 {
    let doublings = max(0, min(failures - 1, 40))
    let (grown, overflow) = initial.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let full = overflow ? maximum : min(maximum, grown)
    return max(1, Int64(Double(full) * (0.5 + unit / 2)))
  }

  /// How much later than a pause that the server named to come back: up to half of it, and no more than the longest delay.
  func spread(over pause: Int64, unit: Double) -> Int64 { Int64(Double(min(maximum, max(0, pause) / 2)) * unit) }

  func capped(at limit: Int64) -> RetryPolicy { RetryPolicy(initial: min(initial, limit), maximum: min(maximum, limit)) }
}
