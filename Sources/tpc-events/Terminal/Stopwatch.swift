// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Measures the time since it was made.
struct Stopwatch {
  private let start = tpc_posix_clock_ns(CLOCK_MONOTONIC)

  var elapsedMilliseconds: Int { Int((tpc_posix_clock_ns(CLOCK_MONOTONIC) - start) / 1_000_000) }
}
