// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// A client's spool within one process: the segments that it writes, and those that it takes over.
///
/// A segment is locked by whoever writes it (byte 0) and by whoever sends what is in it (byte 1). The kernel frees the locks of a
/// process that is killed, and the next one takes over what is left. A name is only removed by the holder of both locks, and only made
/// where there is none: so whoever has a lock, and sees afterwards that the file still has its name, owns what the name stands for.
///
/// Callers of `track` write under `mutex`, which the sender never holds while it waits for the disk. Only the sender takes over, closes
/// and removes segments.
final class Spool<Disk: SpoolDisk & ~Copyable> {
  let settings: SpoolSettings
  let log: Log
  let mutex = Mutex()
  var disk: Disk
  var state = SpoolState()
  var random: Random
  /// Until when the disk is left alone.
  let suspendedUntil = Atomic<Int64>(0)
  let unspooled = Atomic<UInt64>(0)
  /// When to try to become the sender for all.
  let nextTry: Atomic<Int64>
  let errors = Atomic<UInt64>(0)
  let corrupt = Atomic<UInt64>(0)
  var isPrepared = false
  /// Whether this process has looked for a segment to go on with.
  var hasTakenOver = false
  var nextSlot = 0
  var lookedAt: Int64 = 0
  var slowWrites = 0
  /// The files that the host took away: what is pending in them is in memory only.
  var lost = GrowableArray<UInt64>()
  var syncs = SpoolSyncs()
  /// Used only by the sender: ends that the disk did not take, and what it reads.
  var unnoted = GrowableArray<Acknowledgement>()
  var reading = SpoolReading()
  var share = SpoolShare()

  /// When a thread last began a segment, by `Clock.monotonic`.
  private let beganAt = Atomic<Int64>(0)

  /// The longest wait for another thread that writes.
  private static var patienceMilliseconds: Int64 { 20 }
  /// Beginning a segment takes longer: files are looked for, locked and made. So long after its beginning others wait for it.
  private static var beginningMilliseconds: Int64 { 500 }

  init(_ settings: SpoolSettings, _ disk: consuming Disk, _ log: Log, random: Random) {
    self.settings = settings
    self.disk = disk
    self.log = log
    self.random = random
    nextTry = Atomic(settings.sender == .shared || settings.drains ? 0 : .max)
  }

  deinit { close() }

  // MARK: What all of them use

  /// Another thread's write takes two microseconds: it is not worth sleeping.
  func takeLock() -> Bool {
    for _ in 0..<100 where mutex.tryLock() { return true }
    return mutex.lock(until: Clock.monotonic() &+ Spool.patienceMilliseconds)
      || mutex.lock(until: beganAt.load(ordering: .relaxed) &+ Spool.beginningMilliseconds)
  }

  /// Called with the lock held.
  func notesBeginning() { beganAt.store(Clock.monotonic(), ordering: .relaxed) }

  /// An open segment, for the sender; nil for a free entry.
  @inline(never)
  func segment(at index: Int) -> UnsafeMutablePointer<OpenSegment>? {
    mutex.lock()
    defer { mutex.unlock() }
    return state.segment(at: index)
  }

  /// The number of indexes that `segment(at:)` knows.
  @inline(never)
  var segmentCount: Int {
    mutex.lock()
    defer { mutex.unlock() }
    return state.count
  }

  /// The segment of a place, for the sender; nil for one of a former round.
  @inline(never)
  func segment(of place: SpoolPlace) -> UnsafeMutablePointer<OpenSegment>? {
    mutex.lock()
    defer { mutex.unlock() }
    return state.segment(of: place)
  }

  func failed(_ reason: StaticString = SpoolState.fails) -> SpoolPlace {
    countError()
    suspend(reason)
    return .none
  }

  @inline(never)
  func countError() { errors.wrappingAdd(1, ordering: .relaxed) }

  @inline(never)
  func countCorrupt(_ count: Int) { corrupt.wrappingAdd(UInt64(count), ordering: .relaxed) }

  func writeHeader(_ descriptor: Int32, _ salt: UInt64, _ time: SpoolTime) -> Bool {
    let header = SegmentHeader(
      salt: salt, startedWallMilliseconds: time.wallMilliseconds, startedBootMilliseconds: time.bootMilliseconds,
      bootTag: time.bootTag, processID: getpid())
    return withUnsafeTemporaryAllocation(byteCount: SegmentHeader.size, alignment: 8) { memory in
      guard let memory = memory.baseAddress else { return false }
      header.write(to: memory)
      return disk.write(descriptor, memory, SegmentHeader.size, at: 0)
    }
  }

  func lookAtCurrent() {
    if let segment = state.current, !isOurs(segment) { isPrepared = false }
  }

  /// Whether a file is still there. The host may have closed the descriptor, or removed the file: then the segment is given up, and
  /// closing the descriptor leaves alone what is not this library's any more. Called with the lock held.
  func isOurs(_ segment: UnsafeMutablePointer<OpenSegment>) -> Bool {
    var file = tpc_posix_file()
    if disk.look(segment.pointee.descriptor, &file) && file.links > 0 { return true }
    _ = lost.append(segment.pointee.serial)
    disk.close(state.takeOut(segment).descriptor)
    return false
  }

  // MARK: What became of events

  /// An event that was written finds no room in memory. With a disk that hangs, its segment is kept until the end.
  func leave(_ place: SpoolPlace) {
    guard takeLock() else { return }
    state.end(place, isEnded: false)
    mutex.unlock()
  }

  /// An event that was written is refused after all.
  func refuse(_ place: SpoolPlace) {
    guard takeLock() else { return }
    purge(place)
    mutex.unlock()
  }

  /// Called with the lock held.
  func purge(_ place: SpoolPlace) {
    guard let segment = state.segment(of: place) else { return }
    _ = note(segment.pointee.descriptor, place.offset, .purged)
    state.end(place, isEnded: true)
  }

  /// Changes the state of a record.
  func note(_ descriptor: Int32, _ offset: Int, _ recordState: RecordState) -> Bool {
    var byte = recordState.rawValue
    return disk.write(descriptor, &byte, 1, at: offset &+ SegmentRecord.stateOffset)
  }

  // MARK: Failures

  /// Leaves the disk alone for a while. Events are kept in memory.
  func suspend(_ reason: StaticString, forMilliseconds given: Int64? = nil) {
    let error = disk.error
    let (pause, isFirst) = state.suspend(forMilliseconds: given)
    suspendedUntil.store(disk.now &+ pause, ordering: .relaxed)
    guard isFirst else { return }
    log.write(.warn) {
      $0.add("spool_directory ")
      $0.add(reason)
      if reason.utf8Start == SpoolState.fails.utf8Start {
        $0.add(", error ")
        $0.add(Int(error))
      }
      $0.add("; events are kept in memory only, until it works")
    }
  }

  /// The disk took something.
  func resume() {
    if !syncs.hasFailed && state.resume() { log.write(.warn) { $0.add("spool_directory takes events again") } }
  }

  // MARK: The end

  /// Gives everything up, unless the disk hangs.
  func close() {
    guard takeLock() else { return }
    closeAll()
    resign()
    mutex.unlock()
  }

  /// Whether a caller's write holds up the others at the moment.
  var hangs: Bool {
    guard takeLock() else { return true }
    mutex.unlock()
    return false
  }

  /// The bytes of the files that are open.
  var bytes: UInt64 {
    guard takeLock() else { return 0 }
    defer { mutex.unlock() }
    return UInt64(state.bytes)
  }

  /// Gives everything up: what is pending stays on disk.
  private func closeAll() {
    state.seal()
    for index in 0..<state.count {
      if let segment = state.segment(at: index) { giveUp(state.takeOut(segment)) }
    }
  }

  /// Removes a segment in which nothing is pending, and leaves another to whoever takes it over.
  func giveUp(_ segment: OpenSegment) {
    if segment.isDrained { remove(segment) } else { release(segment) }
  }

  /// Removes a segment. The order matters: once it is closed, another process may write to it.
  func remove(_ segment: OpenSegment) {
    disk.remove(segment.slot, segment.descriptor)
    disk.close(segment.descriptor)
  }

  /// Leaves a segment to others.
  func release(_ segment: OpenSegment) {
    // A child that was forked past the C library's handlers may have the descriptor, too, which would keep the locks.
    disk.unlock(segment.descriptor, byte: 1)
    disk.unlock(segment.descriptor, byte: 0)
    disk.close(segment.descriptor)
  }

  func noteTries(_ descriptor: Int32, _ count: UInt8) {
    var byte = count
    _ = disk.write(descriptor, &byte, 1, at: SegmentHeader.triesOffset)
  }
}
