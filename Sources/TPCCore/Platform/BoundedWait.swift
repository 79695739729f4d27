// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Waits for another thread where there is no lock to wait on: after a fork, or in a signal handler, the thread that
/// holds a lock may not exist, or may be the very thread that waits.
enum BoundedWait {
  /// Checks `condition`, sleeping between checks, until it holds. `false` when the deadline (`Clock.monotonic`) came
  /// first. Checks at least once.
  ///
  /// It sleeps rather than yields: under SCHED_FIFO, a thread that yields still keeps the core from all threads of
  /// lower priority, and one of those may be the thread it waits for. Takes no lock and allocates nothing.
  static func wait(until deadline: Int64, for condition: () -> Bool) -> Bool {
    var pauseNanoseconds = shortestPauseNanoseconds
    while !condition() {
      if Clock.monotonic() >= deadline { return false }
      sleep(nanoseconds: pauseNanoseconds)
      pauseNanoseconds = min(2 * pauseNanoseconds, longestPauseNanoseconds)
    }
    return true
  }

  /// Waits without a limit. Only for this library's own threads.
  static func wait(for condition: () -> Bool) { _ = wait(until: .max, for: condition) }

  private static let shortestPauseNanoseconds = 50_000
  private static let longestPauseNanoseconds = 1_000_000

  private static func sleep(nanoseconds: Int) {
    var time = timespec()
    time.tv_nsec = nanoseconds
    nanosleep(&time, nil)
  }
}
