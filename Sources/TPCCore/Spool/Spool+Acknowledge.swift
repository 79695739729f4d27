// SPDX-License-Identifier: Apache-2.0

/// What the sender notes on disk, and what it gives up there.
extension Spool where Disk: ~Copyable {
  private static var lookMilliseconds: Int64 { 10 }
  /// How many ends are kept that the disk did not take. For each one beyond them, whoever takes over sends an event again.
  private static var mostUnnoted: Int { 4096 }

  /// Notes on disk how an event ended. A disk without room may refuse even that: it is tried again later.
  func acknowledge(_ ended: Acknowledgement) {
    guard let segment = segment(of: ended.place), isOurs(segment, now: disk.now) else { return }
    let isNoted = note(segment.pointee.descriptor, ended.place.offset, ended.state)
    if !isNoted {
      countError()
      if unnoted.count < Self.mostUnnoted { _ = unnoted.append(ended) }
    }
    mutex.lock()
    if !isNoted { segment.pointee.mayRewind = false }
    state.end(ended.place, isEnded: true)
    mutex.unlock()
  }

  /// Looks, now and then, whether the descriptor that is about to be written to is still this library's.
  func isOurs(_ segment: UnsafeMutablePointer<OpenSegment>, now: Int64) -> Bool {
    guard now &- segment.pointee.lookedAt >= Self.lookMilliseconds else { return true }
    segment.pointee.lookedAt = now
    mutex.lock()
    defer { mutex.unlock() }
    if isOurs(segment) { return true }
    // Its entry may be another file's soon, to which nothing belongs that was read from this one.
    if segment == reading.segment { reading.forget() }
    return false
  }

  /// Notes what the disk refused before. A segment that was removed or begun anew meanwhile needs it no more.
  func acknowledgeAgain() {
    while let ended = unnoted.removeLast() {
      guard let segment = segment(of: ended.place), !note(segment.pointee.descriptor, ended.place.offset, ended.state) else { continue }
      _ = unnoted.append(ended)
      return
    }
  }

  /// Closes the segments that are written to no more and of which nothing is in memory: those in which nothing is pending are removed,
  /// the others are left to whoever takes them over.
  func giveUpFinished() {
    while true {
      mutex.lock()
      let finished = state.takeFinished()
      // This process may be the only one that will take over what it leaves.
      if finished?.isDrained == false { share.nextLook = 0 }
      mutex.unlock()
      guard let finished else { return }
      giveUp(finished)
    }
  }

  /// In a process that only writes, there is no sender to close what is full. Called with the lock held.
  func closeSealed() {
    while let finished = state.takeFinished() { giveUp(finished) }
  }

  /// Lets go of the segment that is written to if events lie in it that only others would send: they can be taken over then.
  func sealLeftEvents() {
    mutex.lock()
    if state.hasLeftEvents { state.seal() }
    mutex.unlock()
  }

  /// The serial of a file that the host took away; nil if there is none.
  func takeLost() -> UInt64? {
    mutex.lock()
    defer { mutex.unlock() }
    return lost.removeLast()
  }
}
