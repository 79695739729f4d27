// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Waiting for what another thread is about to do, where there is no lock to wait on: after a fork, or in a signal handler, the
/// thread that holds a lock may not exist, or may be the one that waits.
enum BoundedWait {
  /// Looks, and sleeps between two looks, until `condition` holds; `false` when the time (`Clock.monotonic`) came first. Looks
  /// once at the least.
  ///
  /// It sleeps rather than yields: under SCHED_FIFO a thread that yields keeps the core from all of a lower priority, and the
  /// one that is waited for may be among them. Takes no lock and no memory.
  static func wait(until deadline: Int64, for condition: () -> Bool) -> Bool {
    var pause = shortest
    while !condition() {
      if Clock.monotonic() >= deadline { return false }
      sleep(nanoseconds: pause)
      pause = min(2 * pause, longest)
    }
    return true
  }

  /// For the threads that are this library's own, which may wait for as long as it takes.
  static func wait(for condition: () -> Bool) { _ = wait(until: .max, for: condition) }

  private static let shortest = 50_000
  private static let longest = 1_000_000

  private static func sleep(nanoseconds: Int) {
    var time = timespec()
    time.tv_nsec = nanoseconds
    nanosleep(&time, nil)
  }
}
