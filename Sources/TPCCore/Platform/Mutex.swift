// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A POSIX mutex with its condition variable. (`Synchronization.Mutex` is missing from Embedded Swift.) Both are
/// allocated separately, so that their addresses never change.
final class Mutex {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // Waits use the monotonic clock, so that setting the wall clock neither ends nor prolongs them.
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

  /// Locks, or returns `false` when the deadline (`Clock.monotonic`) comes first: the holder may be a thread that a
  /// signal handler keeps from going on.
  func lock(until deadline: Int64) -> Bool { tryLock() || BoundedWait.wait(until: deadline) { tryLock() } }

  /// Like `lock(until:)`, but waits at least `leastMilliseconds` from now: the holder has only a few steps to go.
  func lock(until deadline: Int64, atLeastMilliseconds leastMilliseconds: Int64) -> Bool {
    tryLock() || lock(until: max(deadline, Clock.monotonic() + leastMilliseconds))
  }

  @inline(__always)
  func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

  @inline(__always)
  func unlock() { pthread_mutex_unlock(mutex) }

  /// Called with the lock held: releases it until `wakeAll` or the deadline (`Clock.monotonic`), then holds it again.
  /// May return early.
  func wait(until deadline: Int64) {
    var time = timespec()
    time.tv_sec = Int(truncatingIfNeeded: deadline / 1000)
    time.tv_nsec = Int(truncatingIfNeeded: deadline % 1000) * 1_000_000
    pthread_cond_timedwait(condition, mutex, &time)
  }

  func wakeAll() { pthread_cond_broadcast(condition) }
}
