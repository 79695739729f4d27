// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// A POSIX mutex and the condition that goes with it. (`Synchronization.Mutex` is missing from Embedded Swift.) Both live in
/// memory of their own, so that their address never changes.
final class Mutex {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // Waits are reckoned on the monotonic clock: a step of the wall clock neither ends nor prolongs one.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    condition.deallocate()
  }

  @inline(__always)
  func lock() { pthread_mutex_lock(mutex) }

  /// `false` when the time (`Clock.monotonic`) came first: the holder may be a thread that a signal handler keeps from going on.
  func lock(until deadline: Int64) -> Bool { tryLock() || BoundedWait.wait(until: deadline) { tryLock() } }

  /// The same, for so many milliseconds from now on at the least: those who hold it have a few steps to go.
  func lock(until deadline: Int64, atLeast least: Int64) -> Bool {
    tryLock() || lock(until: max(deadline, Clock.monotonic() + least))
  }

  private func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

  @inline(__always)
  func unlock() { pthread_mutex_unlock(mutex) }

  /// With the lock held: gives it up until `wakeAll` or the time (`Clock.monotonic`), then holds it again. May return early.
  func wait(until deadline: Int64) {
    var time = timespec()
    time.tv_sec = Int(truncatingIfNeeded: deadline / 1000)
    time.tv_nsec = Int(truncatingIfNeeded: deadline % 1000) * 1_000_000
    pthread_cond_timedwait(condition, mutex, &time)
  }

  func wakeAll() { pthread_cond_broadcast(condition) }
}
