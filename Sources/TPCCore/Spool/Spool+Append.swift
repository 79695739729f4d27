// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// Writing an event, in the caller of `track`.
extension Spool where Disk: ~Copyable {
  /// Writes that take this long suspend the spool: the disk hangs, and would hold up each caller in turn.
  private static var slowMilliseconds: Int64 { 50 }
  private static var slowPauseMilliseconds: Int64 { 10_000 }
  /// How often it is checked that the descriptor is still this library's.
  private static var lookMilliseconds: Int64 { 100 }

  /// Writes an event to disk, at `now` (`Clock.coarseMonotonic`). Returns its place; none if it is not on disk.
  @_optimize(speed)
  func append(_ body: EventWorkspace, now: Int64) -> SpoolPlace {
    guard suspendedUntil.load(ordering: .relaxed) <= now, body.bytes.count <= SpoolPlace.segmentBytes / 2, takeLock() else {
      return notWritten()
    }
    // The wait for the lock says nothing about the disk.
    let lockedAt = disk.now
    var place = write(body, now: now)
    let isKept = settings.sync != .always || syncThrough(place)
    state.letGo(place)
    if !isKept {
      purge(place)
      place = .none
    }
    if settings.sync != .always { note(milliseconds: disk.now &- lockedAt) }
    mutex.unlock()
    return place.isOnDisk ? place : notWritten()
  }

  /// Notes how long a write took. One may be slow because other processes had the processor.
  @inline(__always)
  private func note(milliseconds: Int64) {
    if milliseconds < Self.slowMilliseconds {
      slowWrites = 0
      return
    }
    slowWrites &+= 1
    if slowWrites >= 3 || milliseconds >= 10 &* Self.slowMilliseconds { suspend("is slow", forMilliseconds: Self.slowPauseMilliseconds) }
  }

  @inline(never)
  private func notWritten() -> SpoolPlace {
    unspooled.wrappingAdd(1, ordering: .relaxed)
    return .none
  }

  private func write(_ workspace: EventWorkspace, now: Int64) -> SpoolPlace {
    let (body, id) = (workspace.bytes, workspace.id)
    let size = SegmentRecord.paddedSize(bodyLength: body.count)
    if now &- lookedAt >= Self.lookMilliseconds {
      lookedAt = now
      lookAtCurrent()
      state.countHeld()
    }
    let isReady =
      switch state.room(for: size) {
      case .here: true
      case .rewind: rewind()
      case .other: begin(size)
      }
    guard isReady, let segment = state.current, let room = workspace.room else { return .none }
    // Beyond the limit, the system would end the process. The host may have lowered it just now.
    guard segment.pointee.end &+ size <= disk.limit() else {
      state.seal()
      return failed("RLIMIT_FSIZE is too low")
    }
    // An id far into the event, or a long one, is only missed in a report.
    let hasID = id.offset &+ id.length <= Int(UInt16.max)
    let record = SegmentRecord(
      length: body.count, idOffset: hasID ? UInt16(truncatingIfNeeded: id.offset) : 0,
      idLength: hasID ? UInt16(truncatingIfNeeded: id.length) : 0, sequence: segment.pointee.sequence,
      acceptedBootMilliseconds: disk.bootMilliseconds)
    record.write(to: room, body: body, salt: segment.pointee.salt)
    guard disk.write(segment.pointee.descriptor, room, SegmentRecord.headerSize &+ body.count, at: segment.pointee.end) else {
      if disk.error == EBADF { lookAtCurrent() }
      return failed()
    }
    resume()
    noteNews(now)
    return state.appended(size)
  }

  /// Begins a new round of the current segment, in which nothing is pending: what is in it is not valid any more.
  private func rewind() -> Bool {
    guard let segment = state.current else { return false }
    let (salt, time, limit) = (random.next(), disk.time, disk.limit())
    if limit >= SpoolSettings.leastLimit && writeHeader(segment.pointee.descriptor, salt, time) {
      state.rewound(segment, salt: salt, limit: limit, time)
      return true
    }
    // The header may be half written. Nothing was pending.
    remove(state.takeOut(segment))
    _ = failed()
    return false
  }
}
