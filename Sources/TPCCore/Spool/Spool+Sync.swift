// SPDX-License-Identifier: Apache-2.0

/// What was written to the disk itself, so that it survives a power loss.
struct SpoolSyncs {
  /// Whether a file was made whose name may not be on the disk yet.
  var isFolderDirty = false
  /// Whether a caller of `track` writes for all of them at the moment.
  var isUnderWay = false
  var lastAt: Int64 = 0
}

extension Spool where Disk: ~Copyable {
  /// The longest wait of a caller that asked for `spool_sync=always`.
  private static var alwaysMilliseconds: Int64 { 10_000 }
  private static var intervalMilliseconds: Int64 { 1_000 }

  /// Waits until the record at a place is on the disk itself. Callers that come at the same time share one write. Called with the lock
  /// held. `false` if the disk failed or the time was up.
  func syncThrough(_ place: SpoolPlace) -> Bool {
    let deadline = Clock.monotonic() &+ Self.alwaysMilliseconds
    while true {
      guard let segment = state.segment(of: place), !segment.hasFailedSync else { return false }
      if segment.synced > place.offset { return true }
      if syncs.isUnderWay {
        guard Clock.monotonic() < deadline else { return false }
        mutex.wait(until: deadline)
        continue
      }
      syncs.isUnderWay = true
      let withFolder = syncs.isFolderDirty
      syncs.isFolderDirty = false
      mutex.unlock()
      let isDone = disk.sync(segment.descriptor) && (!withFolder || disk.sync(-1))
      mutex.lock()
      syncs.isUnderWay = false
      synced(place.index, segment, isDone)
      mutex.wakeAll()
    }
  }

  /// Called with the lock held. A failed sync is not repeated: the system would say that all is well, and have dropped what it could
  /// not write. Nothing more is written to that file.
  private func synced(_ index: Int, _ segment: OpenSegment, _ isDone: Bool) {
    guard state.segments[index]?.serial == segment.serial else { return }
    if !isDone { _ = failed(nil) }
    if !isDone && index == state.current { state.seal() }
    state.change(index) {
      if isDone { $0.synced = segment.end } else { $0.hasFailedSync = true }
    }
  }

  /// With `spool_sync=interval`: writes what is new, once a second. Returns when to do so again.
  func syncNow(_ now: Int64) -> Int64 {
    guard settings.sync == .interval else { return .max }
    guard now &- syncs.lastAt >= Self.intervalMilliseconds else { return syncs.lastAt &+ Self.intervalMilliseconds }
    syncs.lastAt = now
    var hasMore = false
    for index in 0..<segmentCount {
      guard let segment = segment(at: index), !segment.isFollowed, segment.synced < segment.end, !segment.hasFailedSync else { continue }
      mutex.lock()
      let withFolder = syncs.isFolderDirty
      syncs.isFolderDirty = false
      mutex.unlock()
      let isDone = disk.sync(segment.descriptor) && (!withFolder || disk.sync(-1))
      mutex.lock()
      synced(index, segment, isDone)
      mutex.unlock()
      hasMore = true
    }
    return hasMore ? now &+ Self.intervalMilliseconds : .max
  }
}
