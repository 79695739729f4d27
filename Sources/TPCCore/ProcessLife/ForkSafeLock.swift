// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// A lock for rare, short work that a fork cannot leave locked: a holder of another generation no longer exists, so its hold
/// counts for nothing.
struct ForkSafeLock: ~Copyable {
  private let holder = Atomic<UInt32>(0)

  /// `false` when the time (`Clock.monotonic`) came first. Holders have a few steps to go, or wait for a bounded time themselves.
  borrowing func lock(until deadline: Int64) -> Bool { BoundedWait.wait(until: deadline) { tryLock() } }

  /// The same for `ProcessLife.lockPatienceMilliseconds`.
  borrowing func lock() -> Bool { tryLock() || lock(until: Clock.monotonic() + ProcessLife.lockPatienceMilliseconds) }

  private borrowing func tryLock() -> Bool {
    let mine = ForkDetector.generation
    let current = holder.load(ordering: .relaxed)
    guard current != mine else { return false }
    return holder.compareExchange(expected: current, desired: mine, ordering: .acquiringAndReleasing).exchanged
  }

  /// By the thread that locked it.
  borrowing func unlock() { holder.store(0, ordering: .releasing) }
}
