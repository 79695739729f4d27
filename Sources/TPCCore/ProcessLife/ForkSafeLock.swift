// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// A lock for rare, short work that no fork can leave locked: if the holder is of another generation, it does not exist
/// in this process, and its lock does not count.
struct ForkSafeLock: ~Copyable {
  private let holder = Atomic<UInt32>(0)

  /// Locks, or returns `false` when the deadline (`Clock.monotonic`) comes first. Holders have only a few steps to go,
  /// or wait for a bounded time themselves.
  borrowing func lock(until deadline: Int64) -> Bool { BoundedWait.wait(until: deadline) { tryLock() } }

  /// Locks, waiting for up to `ProcessLife.lockPatienceMilliseconds`.
  borrowing func lock() -> Bool { tryLock() || lock(until: Clock.monotonic() + ProcessLife.lockPatienceMilliseconds) }

  private borrowing func tryLock() -> Bool {
    let mine = ForkDetector.generation
    let current = holder.load(ordering: .relaxed)
    guard current != mine else { return false }
    return holder.compareExchange(expected: current, desired: mine, ordering: .acquiringAndReleasing).exchanged
  }

  /// Must be called by the thread that locked it.
  borrowing func unlock() { holder.store(0, ordering: .releasing) }
}
