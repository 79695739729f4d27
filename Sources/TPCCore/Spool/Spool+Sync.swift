// SPDX-License-Identifier: Apache-2.0

/// What was written to the disk itself, so that it survives a power loss.
struct SpoolSyncs {
  /// Whether a file was made whose name may not be on the disk yet.
  var isFolderDirty = false
  /// Whether a caller of `track` writes for all of them at the moment.
  var isUnderWay = false
  var lastAt: Int64 = 0
  /// Whether the last one failed.
  var hasFailed = false
}

extension Spool where Disk: ~Copyable {
  /// The longest wait of a caller that asked for `spool_sync=always`.
  private static var alwaysMilliseconds: Int64 { 10_000 }
  private static var intervalMilliseconds: Int64 { 1_000 }

  /// Waits until the record at a place is on the disk itself. Callers that come at the same time share one write. Called with the lock
  /// held. `false` if it is not on disk, the disk failed or the time was up.
  func syncThrough(_ place: SpoolPlace) -> Bool {
    let deadline = Clock.monotonic() &+ Self.alwaysMilliseconds
    while true {
      guard let segment = state.segment(of: place), !segment.pointee.hasFailedSync else { return false }
      if segment.pointee.synced > place.offset { return true }
      if syncs.isUnderWay {
        guard Clock.monotonic() < deadline else { return false }
        mutex.wait(until: deadline)
        continue
      }
      syncs.isUnderWay = true
      sync(segment)
      syncs.isUnderWay = false
      mutex.wakeAll()
    }
  }

  /// Writes a segment to the disk itself, without the lock meanwhile. A failed sync is not repeated: the system would say that all is
  /// well, and have dropped what it could not write. Nothing more is written to that file. Called with the lock held.
  private func sync(_ segment: UnsafeMutablePointer<OpenSegment>) {
    let (serial, end, descriptor, withFolder) = (
      segment.pointee.serial, segment.pointee.end, segment.pointee.descriptor, syncs.isFolderDirty
    )
    syncs.isFolderDirty = false
    mutex.unlock()
    let isDone = disk.sync(descriptor) && (!withFolder || disk.sync(-1))
    mutex.lock()
    syncs.hasFailed = !isDone
    guard segment.pointee.serial == serial else { return }
    if isDone {
      segment.pointee.synced = end
      resume()
    } else {
      segment.pointee.hasFailedSync = true
      if segment == state.current { state.seal() }
      _ = failed()
    }
  }

  /// With `spool_sync=interval`: writes what is new to the disk itself, once a second. Where no sender does that, it takes a caller of
  /// `track` some milliseconds. Returns when to do so again.
  func syncNow(_ now: Int64) -> Int64 {
    guard settings.sync == .interval else { return .max }
    mutex.lock()
    defer { mutex.unlock() }
    guard now &- syncs.lastAt >= Self.intervalMilliseconds else { return syncs.lastAt &+ Self.intervalMilliseconds }
    syncs.lastAt = now
    var hasMore = false
    for index in 0..<state.count {
      guard let segment = state.segment(at: index), !segment.pointee.isFollowed, segment.pointee.synced < segment.pointee.end,
        !segment.pointee.hasFailedSync
      else { continue }
      sync(segment)
      hasMore = true
    }
    return hasMore ? now &+ Self.intervalMilliseconds : .max
  }
}
