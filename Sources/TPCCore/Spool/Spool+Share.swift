// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

import Synchronization

/// Which process sends, and when this one looks for what others left.
struct SpoolShare {
  /// Whether this process sends for all: it has the lock on the file `sender-0`.
  var isSender = false
  var descriptor: Int32 = -1
  var beatAt: Int64 = 0
  /// Whether the sender for all was stopped, so that this process sends what it writes from now on.
  var fallsBack = false
  /// When to look for orphans, or for new events of others.
  var nextLook: Int64 = .max
  var pauseMilliseconds: Int64 = shortestPauseMilliseconds
  /// How many looks in a row found nothing, with nothing to do besides.
  var idleLooks = 0
  /// Whether an event was written since the last look.
  var hasNews = false

  static let shortestPauseMilliseconds: Int64 = 50
  static let longestPauseMilliseconds: Int64 = 1_000

  /// Whether this process sends the events that it writes from now on.
  @inline(__always)
  func writerSends(_ settings: SpoolSettings) -> Bool { settings.sender == .own || fallsBack }
}

extension Spool where Disk: ~Copyable {
  /// How often a process tries to become the sender for all, or looks whether that one is at work.
  private static var tryMilliseconds: Int64 { 1_000 }
  /// A sender for all that has not said for this long that it is at work was stopped.
  private static var staleMilliseconds: Int64 { 10_000 }
  private static var beatMilliseconds: Int64 { 1_000 }
  private static var firstLookMilliseconds: (least: Int64, range: UInt64) { (1_000, 4_000) }
  private static var laterLookMilliseconds: (least: Int64, range: UInt64) { (30_000, 30_000) }
  private static var mostFollowed: Int { 512 }

  // MARK: The sender for all

  /// With `spool_sender=shared`, after an event was written: becomes the sender for all if there is none. Returns whether it just did;
  /// it then needs a thread.
  @inline(never)
  func becomeSender(_ now: Int64) -> Bool {
    guard nextTry.load(ordering: .relaxed) <= now, takeLock() else { return false }
    defer { mutex.unlock() }
    guard isPrepared, !share.isSender else { return false }
    nextTry.store(now &+ Self.tryMilliseconds, ordering: .relaxed)
    if share.descriptor < 0 { share.descriptor = disk.openSender() }
    guard share.descriptor >= 0 else { return false }
    if disk.lock(share.descriptor, byte: 0) {
      share.isSender = true
      nextTry.store(.max, ordering: .relaxed)
      share.fallsBack = false
      share.nextLook = 0
      beat()
      return true
    }
    let fallsBack = isStale()
    // The next segment is written in the other way.
    if fallsBack != share.fallsBack { state.seal() }
    share.fallsBack = fallsBack
    return false
  }

  /// Sends for all no more. Called with the lock held.
  func resign() {
    if share.descriptor >= 0 { disk.close(share.descriptor) }
    share = SpoolShare()
  }

  /// There is no thread to send for all: it is tried again with a later event.
  func resign(_ now: Int64) {
    mutex.lock()
    resign()
    nextTry.store(now &+ Self.tryMilliseconds, ordering: .relaxed)
    mutex.unlock()
  }

  private func isStale() -> Bool {
    var beatenAt: Int64 = 0
    guard disk.read(share.descriptor, &beatenAt, 8, at: 0) == 8 else { return false }
    return disk.bootMilliseconds &- Int64(littleEndian: beatenAt) > Self.staleMilliseconds
  }

  /// Says that the sender for all is at work: a process that is stopped still has its lock.
  private func beat() {
    var now = disk.bootMilliseconds.littleEndian
    _ = disk.write(share.descriptor, &now, 8, at: 0)
  }

  // MARK: Looking

  /// An event was written: this process will look for what others left. Called with the lock held.
  func noteNews(_ now: Int64) {
    share.hasNews = true
    guard share.nextLook == .max, settings.sender == .own || share.isSender else { return }
    share.nextLook = now &+ pause(Self.firstLookMilliseconds)
  }

  private func pause(_ bounds: (least: Int64, range: UInt64)) -> Int64 {
    bounds.least &+ Int64(truncatingIfNeeded: random.next() % bounds.range)
  }

  /// Looks for segments to take over, if it is time. Returns when to come again.
  func look(_ now: Int64, isCalm: Bool, isBusy: Bool) -> Int64 {
    mutex.lock()
    let (isDue, nextLook, isReady, isSender) = (share.nextLook <= now, share.nextLook, isPrepared, share.isSender)
    mutex.unlock()
    if isSender && now &- share.beatAt >= Self.beatMilliseconds {
      share.beatAt = now
      beat()
    }
    guard isDue else { return nextLook }
    let hasFound = isCalm && isReady && lookForSegments(isSender: isSender)
    mutex.lock()
    defer { mutex.unlock() }
    share.idleLooks = hasFound || isBusy || !isCalm ? 0 : share.idleLooks &+ 1
    if share.isSender || settings.drains {
      share.pauseMilliseconds = hasFound ? SpoolShare.shortestPauseMilliseconds : min(SpoolShare.longestPauseMilliseconds, share.pauseMilliseconds &* 2)
      share.nextLook = now &+ share.pauseMilliseconds
    } else if hasFound || !isCalm {
      // When this one is done, there may be more; and when the endpoint is back.
      share.nextLook = now &+ (hasFound ? SpoolShare.shortestPauseMilliseconds : SpoolShare.longestPauseMilliseconds)
    } else {
      // A process that writes nothing does not wake up for this.
      share.nextLook = share.hasNews ? now &+ pause(Self.laterLookMilliseconds) : .max
      share.hasNews = false
    }
    return share.nextLook
  }

  /// Whether there is something to read.
  private func lookForSegments(isSender: Bool) -> Bool {
    let most = isSender ? Self.mostFollowed : 1
    mutex.lock()
    var followed = state.open { $0.isFollowed }
    mutex.unlock()
    let before = followed
    if followed >= most { return true }
    disk.forEachSlot { slot in
      if isFollowed(slot) { return true }
      if follow(slot, orphansOnly: !isSender) { followed &+= 1 }
      return followed < most
    }
    return followed > before
  }

  private func isFollowed(_ slot: Int) -> Bool {
    mutex.lock()
    defer { mutex.unlock() }
    return state.open { $0.slot == slot && ($0.isFollowed || $0.isOwn) } > 0
  }
}
