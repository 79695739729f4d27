// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The two clocks. Delivery reckons in monotonic milliseconds, so that nothing happens when somebody sets the wall clock; only
/// what goes into an event or comes from an HTTP date is wall-clock time.
enum Clock {
  /// Milliseconds since an arbitrary start, never going back.
  static func monotonic() -> Int64 { tpc_posix_clock_ns(CLOCK_MONOTONIC) / 1_000_000 }

  /// The same to the scheduler's tick (a few milliseconds), for a quarter of the cost: enough to date an event by.
  @inline(__always)
  static func coarseMonotonic() -> Int64 { tpc_posix_clock_ns(CLOCK_MONOTONIC_COARSE) / 1_000_000 }

  /// Milliseconds since 1970-01-01T00:00:00Z.
  @inline(__always)
  static func wall() -> Int64 { tpc_posix_clock_ns(CLOCK_REALTIME) / 1_000_000 }
}
