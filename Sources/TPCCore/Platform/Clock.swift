// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The two clocks. Delivery uses monotonic milliseconds, so that setting the wall clock has no effect on it. Wall-clock
/// time is used only for what goes into an event or comes from an HTTP date.
enum Clock {
  /// Milliseconds since an arbitrary start; never goes backwards.
  static func monotonic() -> Int64 { tpc_posix_clock_ns(CLOCK_MONOTONIC) / 1_000_000 }

  /// `monotonic` to within a scheduler tick (a few milliseconds), at a quarter of the cost: precise enough to date an
  /// event.
  @inline(__always)
  static func coarseMonotonic() -> Int64 { tpc_posix_clock_ns(CLOCK_MONOTONIC_COARSE) / 1_000_000 }

  /// Milliseconds since 1970-01-01T00:00:00Z.
  @inline(__always)
  static func wall() -> Int64 { tpc_posix_clock_ns(CLOCK_REALTIME) / 1_000_000 }
}
