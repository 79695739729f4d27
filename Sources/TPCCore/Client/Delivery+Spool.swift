// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// A client's delivery with a spool: an event is on disk before `track` returns, and the sender notes there what became of it.
extension Delivery {
  /// Writes an event to disk, and queues it unless another process sends it. One that cannot be written is queued as without a spool.
  @inline(never)
  func enqueue<Disk: SpoolDisk & ~Copyable>(_ body: EventWorkspace, _ spool: Spool<Disk>, now: Int64) throws(Failure) {
    let place = HostThread.undisturbed { spool.append(body, now: now) }
    guard isOfThisProcess else { throw Delivery.forkedWithin }
    if !place.isOnDisk && spool.settings.isRequired {
      throw Failure(.system, field: "spool_directory", "the disk did not take the event; it was not accepted")
    }
    let isLeft: Bool
    do throws(Failure) {
      isLeft = try admit(body, place, now: now)
    } catch {
      if place.isOnDisk { HostThread.undisturbed { spool.refuse(place) } }
      throw error
    }
    if isLeft && !place.isLeft { spool.leave(place) }
    guard place.isLeft else { return }
    HostThread.undisturbed {
      _ = spool.syncNow(now)
      if spool.becomeSender(now) && !beginSending() { spool.resign(now) }
    }
  }

  /// This process sends for all from now on. `false` without a thread.
  private func beginSending() -> Bool {
    mutex.lock()
    defer { mutex.unlock() }
    if life.isIdle { try? startThread() }
    return life.isOpen && !life.isIdle
  }

  // MARK: The sender

  /// When the sender looks again whether a disk that hangs has come back.
  private static var hungDiskMilliseconds: Int64 { 100 }

  /// What the sender does on disk in each of its turns, without the lock. Returns how many milliseconds it may wait for the next one.
  func tendSpool<Disk: SpoolDisk & ~Copyable>(_ spool: Spool<Disk>) -> Int64 {
    // Events are sent on, whatever the disk does.
    if spool.hangs { return Delivery.hungDiskMilliseconds }
    spool.acknowledgeAgain()
    noteEnds(spool)
    while let serial = spool.takeLost() {
      mutex.lock()
      state.forget(serial: serial)
      mutex.unlock()
    }
    let now = spool.disk.now
    mutex.lock()
    let isCalm = state.isCalm && life.isOpen
    mutex.unlock()
    if isCalm { spool.sealLeftEvents() }
    spool.giveUpFinished()
    let takesMore = isCalm && takeOver(spool, now: now)
    let hasEnded = spool.endFollowed()
    if spool.settings.drains { _ = spool.becomeSender(now) }
    let next = min(spool.look(now, isCalm: isCalm, isBusy: takesMore || hasEnded), spool.syncNow(now))
    return takesMore || hasEnded ? 0 : max(0, next &- now)
  }

  /// Notes on disk which events have ended.
  private func noteEnds<Disk: SpoolDisk & ~Copyable>(_ spool: Spool<Disk>) {
    while true {
      mutex.lock()
      state.takeAcknowledgements(into: &noting)
      mutex.unlock()
      guard noting.count > 0 else { return }
      while let ended = noting.removeLast() { spool.acknowledge(ended) }
    }
  }

  /// How many events one turn takes over: within a millisecond, and so many that looking at each segment in a turn is little beside it.
  private static var adoptedAtOnce: Int { 256 }

  /// Takes over what others left, as much as one turn may. `false` when there is no more, or no room.
  private func takeOver<Disk: SpoolDisk & ~Copyable>(_ spool: Spool<Disk>, now: Int64) -> Bool {
    spool.tryReading(true)
    defer { spool.tryReading(false) }
    for _ in 0..<Delivery.adoptedAtOnce {
      guard let orphan = spool.nextOrphan() else { return false }
      mutex.lock()
      let isExpired = orphan.leftMilliseconds <= 0
      if isExpired { state.countExpiredOnDisk() }
      let isTaken =
        isExpired
        || state.adopt(orphan.body, id: orphan.id, place: orphan.place, expiresInMilliseconds: orphan.leftMilliseconds, now: spool.disk.now)
      mutex.unlock()
      guard isTaken else { return false }
      spool.take(orphan)
      if isExpired { spool.acknowledge(Acknowledgement(place: orphan.place, state: .expired)) }
    }
    return true
  }

  /// The sender's last steps: whatever is pending stays on disk.
  func close<Disk: SpoolDisk & ~Copyable>(_ spool: Spool<Disk>) {
    noteEnds(spool)
    spool.close()
  }

  /// The counters, with those of the disk.
  func add<Disk: SpoolDisk & ~Copyable>(_ spool: Spool<Disk>, to statistics: inout Statistics) {
    statistics.unspooled &+= spool.unspooled.load(ordering: .relaxed)
    statistics.spoolErrors = spool.errors.load(ordering: .relaxed)
    statistics.spoolCorrupt = spool.corrupt.load(ordering: .relaxed)
    statistics.spoolBytes = spool.bytes
  }
}
