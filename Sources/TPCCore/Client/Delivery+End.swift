// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How threads of the host wait for what is pending: in a flush, a close and the process's exit. And the release, which does not wait.
extension Delivery {
  // MARK: Flush

  /// Waits until every event accepted before the call has its outcome, or the time is up. Returns how many are still
  /// pending.
  func flush(until deadline: Int64) throws(Failure) -> Leftover {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    defer { mutex.unlock() }
    guard life.isOpen else { throw .closed }
    // Without memory to tell its events from later ones, it waits for all of them.
    let flush = state.beginFlush()
    defer { if let flush { state.endFlush(flush) } }
    return Leftover(wait(for: flush, until: deadline))
  }

  private var lastKnown: Leftover { Leftover(unanswered.load(ordering: .relaxed), isExact: false) }

  /// Flushes at the process's exit. `exit` may have been called while this thread holds the lock, such as from a signal
  /// handler, so it never waits for the lock beyond the deadline.
  func flushAtExit(until deadline: Int64) -> Int {
    guard mutex.lock(until: deadline) else { return 0 }
    defer { mutex.unlock() }
    guard life.isOpen || isReleased else { return 0 }
    // Other threads may go on tracking; only events accepted before count.
    let flush = state.beginFlush()
    defer { if let flush { state.endFlush(flush) } }
    // What is on disk is delivered by whoever comes after.
    return min(wait(for: flush, until: deadline, isExiting: true), state.undelivered)
  }

  /// Waits for a flush's events, or for all events if it is nil, until the time is up. Returns how many of them are
  /// still pending. Called with the lock held.
  private func wait(for flush: UInt64?, until deadline: Int64, isExiting: Bool = false) -> Int {
    guard pending(of: flush) > 0 else { return 0 }
    flushers += 1
    state.isHurried = true
    state.hurry(now: Clock.monotonic())
    transport?.wake()
    while pending(of: flush) > 0, life.isDelivering, Clock.monotonic() < deadline {
      // Nothing would be lost, and the endpoint is not there.
      if isExiting && state.undelivered == 0 && state.breaker.isOpen { break }
      mutex.wait(until: deadline)
    }
    flushers -= 1
    if flushers == 0 { state.isHurried = false }
    return pending(of: flush)
  }

  private func pending(of flush: UInt64?) -> Int { flush.map { state.pending(of: $0) } ?? Int(state.awaited) }

  // MARK: Close

  /// Closes the delivery. Returns how many events were not delivered because of it. If the lock was not available in
  /// time, the sender continues until `shutDown`.
  func close(until deadline: Int64) -> Leftover {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    let abandonedBefore = state.statistics.abandoned
    stop(until: deadline)
    mutex.unlock()
    // Not on the condition variable: waking from that means queueing for the lock with everyone who is tracking.
    let lastMoment = max(deadline, Clock.monotonic() + ProcessLife.closePatienceMilliseconds)
    _ = BoundedWait.wait(until: lastMoment) { hasEnded.load(ordering: .acquiring) }
    guard mutex.lock(until: lastMoment, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    let left = Int(state.statistics.abandoned - abandonedBefore) + (life.isSettled ? 0 : state.undelivered)
    reap()
    return Leftover(left)
  }

  /// Completes a close that could not get the lock, when no calls can come any more: only the sender may hold the lock
  /// now, for a few steps.
  func shutDown() {
    mutex.lock()
    stop(until: 0)
    reap()
  }

  /// Closes the delivery without waiting: the sender delivers what is pending, and then ends and leaves the call. `false` if there
  /// is no sender to do so.
  func release(holding call: ClientTable.Call?) -> Bool {
    guard isOfThisProcess else { return false }
    mutex.lock()
    defer { mutex.unlock() }
    isReleased = true
    mutex.wakeAll()
    guard case .deliver = life.close(until: .max) else { return false }
    hold = call
    thread?.detach()
    thread = nil
    transport?.wake()
    return true
  }

  /// Called with the lock held.
  private func stop(until deadline: Int64) {
    switch life.close(until: deadline) {
    case .deliver: _ = wait(for: nil, until: deadline)
    case .abandon:
      while !state.abandon() {}
      hasEnded.store(true, ordering: .releasing)
    case .stop: break
    }
    life.stop()
    signalReports()
    transport?.wake()
    mutex.wakeAll()
  }

  /// Releases the lock and the thread. A thread that is stuck inside a library ends on its own and keeps what it holds.
  private func reap() {
    let former = thread
    thread = nil
    mutex.unlock()
    guard hasEnded.load(ordering: .acquiring) else {
      former?.detach()
      return
    }
    former?.join()
    // Where there was a sender, it has done this.
    spool?.close()
  }
}
