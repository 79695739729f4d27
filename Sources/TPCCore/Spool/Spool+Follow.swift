// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// An event on disk that this process takes over.
struct Orphan {
  let place: SpoolPlace
  /// A view that ends with the next call.
  let body: Bytes
  let id: (offset: Int, length: Int)
  /// How long it may still wait; 0 or less if it has expired.
  let leftMilliseconds: Int64
}

/// What a segment's header shows.
private enum HeaderState {
  case read
  /// It is none that this version reads, or its readers have died.
  case wrong
  case missing
  /// The disk failed: another time.
  case unread
}

/// What the sender is reading at the moment.
struct SpoolReading: ~Copyable {
  /// A copy of a part of the file, from `base` on; nil while nothing is read.
  var memory: UnsafeMutableRawPointer?
  var base = 0
  /// Whether its writer is gone: it is then read to its end.
  var isOrphan = false
  /// Up to where it was read, from `base` on, and the number of the next record.
  var end = 0
  var sequence: UInt32 = 0
  var reader: SegmentReader?
  var segment: UnsafeMutablePointer<OpenSegment>?
  /// The record that was found, until it is taken over.
  var found: SegmentReader.Found?
  /// An event to check contents with.
  var visit = PageVisit()
  /// Where the round of looking at the followed segments goes on.
  var turn = 0

  init() {}

  deinit { free(memory) }

  /// The segment was given up.
  mutating func forget() { (segment, reader, found) = (nil, nil, nil) }
}

/// Taking over what other processes wrote: the sender reads it, piece by piece, as there is room in the queue.
///
/// It follows segments whose writers are gone, one at a time, and, where it sends for all (`spool_sender=shared`), also those that are
/// being written: their end is where the first record is not valid yet. Only with the writer's lock, and after another look at what
/// came before it had that, is a segment removed.
extension Spool where Disk: ~Copyable {
  /// After this many adopters died while they read a segment, it is set aside.
  private static var mostTries: UInt8 { 5 }
  /// How many reads of one call may find nothing: where there is a writer, what follows the last record may stay invalid for long.
  private static var mostBarren: Int { 16 }

  /// The next event to take over; nil if there is none now. It counts as taken only after `take`.
  func nextOrphan() -> Orphan? {
    var barren = 0
    for _ in 0..<256 where barren < Self.mostBarren {
      if reading.found == nil {
        guard reading.segment != nil || beginReading() else { return nil }
        readNext()
      }
      guard let found = reading.found else {
        if !endReading() { barren &+= 1 }
        continue
      }
      if let orphan = orphan(found) { return orphan }
      reading.found = nil
    }
    return nil
  }

  /// The orphan was taken over, or was found to have expired.
  func take(_ orphan: Orphan) {
    mutex.lock()
    if let segment = reading.segment {
      segment.pointee.pending &+= 1
      segment.pointee.held &+= 1
    }
    mutex.unlock()
    reading.found = nil
  }

  /// Nil for a record that has ended, or whose body is not an event for all its checksum.
  private func orphan(_ found: SegmentReader.Found) -> Orphan? {
    guard found.record.state == .pending, let segment = reading.segment else { return nil }
    let (id, body) = ((offset: Int(found.record.idOffset), length: Int(found.record.idLength)), found.body)
    let place = SpoolPlace(segment.pointee, offset: reading.base &+ found.offset)
    // What is on disk is not trusted: it may say anything.
    guard id.offset &+ id.length <= body.count, (try? reading.visit.read(body, maximumBytes: SpoolPlace.segmentBytes)) != nil else {
      countCorrupt(1)
      _ = note(segment.pointee.descriptor, place.offset, .purged)
      return nil
    }
    let now = disk.time
    let age = segment.pointee.start.age(ofRecordAt: found.record.acceptedBootMilliseconds, now: now)
    return Orphan(place: place, body: body, id: id, leftMilliseconds: settings.maximumAgeMilliseconds &- age)
  }

  // MARK: Reading

  /// Counts a try while this process reads in its turn, and takes it back when it has come through.
  func tryReading(_ isUnderWay: Bool) {
    if let segment = reading.segment, isOurs(segment, now: disk.now) {
      noteTries(segment.pointee.descriptor, segment.pointee.tries &+ (isUnderWay ? 1 : 0))
    }
  }

  /// Copies what there is to read of the next followed segment that has something. `false` if none has.
  private func beginReading() -> Bool {
    let count = segmentCount
    for _ in 0..<count {
      reading.turn = reading.turn &+ 1 < count ? reading.turn &+ 1 : 0
      guard let segment = segment(at: reading.turn), segment.pointee.isFollowed, !segment.pointee.isRead else { continue }
      // Only when there is one: malloc keeps more of what is freed to it once it got so large a piece back.
      if reading.memory == nil { reading.memory = malloc(SpoolPlace.segmentBytes) }
      guard let memory = reading.memory else { return false }
      let size = disk.read(segment.pointee.descriptor, memory, SpoolPlace.segmentBytes, at: segment.pointee.end)
      // Where its writer is gone, it is over when there is nothing more.
      guard size > 0 || size == 0 && segment.pointee.isOrphan else { continue }
      reading.segment = segment
      tryReading(true)
      reading.base = segment.pointee.end
      (reading.isOrphan, reading.end, reading.sequence) = (segment.pointee.isOrphan, 0, segment.pointee.sequence)
      let bytes = Bytes(start: memory.assumingMemoryBound(to: UInt8.self), count: size)
      reading.reader = SegmentReader(bytes, salt: segment.pointee.salt, from: 0, nextSequence: segment.pointee.sequence)
      return true
    }
    free(reading.memory)
    reading.memory = nil
    return false
  }

  private func readNext() {
    let found = reading.reader?.next()
    // Where there is a writer, what is not valid is still being written.
    guard let reader = reading.reader, reading.isOrphan || reader.damaged == 0 else { return }
    reading.found = found
    (reading.end, reading.sequence) = (reader.end, reader.nextSequence)
  }

  /// Everything that can be read was. Returns whether there was anything.
  private func endReading() -> Bool {
    guard let reader = reading.reader, let segment = reading.segment else { return false }
    segment.pointee.tries = 0
    tryReading(false)
    guard reading.segment != nil else { return false }
    reading.forget()
    mutex.lock()
    segment.pointee.isRead = reading.isOrphan
    segment.pointee.end = reading.base &+ reading.end
    segment.pointee.sequence = reading.sequence
    mutex.unlock()
    guard reading.isOrphan else { return reading.end > 0 }
    countCorrupt(reader.damaged)
    // Nobody could have written this: it is not read any further. What was taken over from it is still delivered.
    if reader.isHostile { setAside(segment.pointee.slot, segment.pointee.descriptor) }
    return true
  }

  // MARK: Following

  /// Begins to follow a segment, unless somebody else sends from it. With `orphansOnly`, only if its writer is gone.
  func follow(_ slot: Int, orphansOnly: Bool) -> Bool {
    let descriptor = disk.open(slot, creates: false)
    guard descriptor >= 0 else { return false }
    let isOrphan = disk.lock(descriptor, byte: 0)
    guard isOrphan || !orphansOnly, disk.lock(descriptor, byte: 1), let size = isSound(descriptor) else {
      disk.close(descriptor)
      return false
    }
    var segment = OpenSegment(slot: slot, descriptor: descriptor, salt: 0)
    segment.isFollowed = true
    segment.isOrphan = isOrphan
    switch readHeader(&segment, size) {
    case .read: break
    case .wrong:
      if isOrphan { setAside(slot, descriptor) }
      disk.close(descriptor)
      return false
    case .missing:
      // Its writer has not come that far yet, or was killed before it accepted anything.
      if isOrphan { disk.remove(slot, descriptor) }
      disk.close(descriptor)
      return false
    case .unread:
      disk.close(descriptor)
      return false
    }
    mutex.lock()
    let isAdded = state.add(segment) != nil
    mutex.unlock()
    if !isAdded { release(segment) }
    return isAdded
  }

  private func readHeader(_ segment: inout OpenSegment, _ size: Int) -> HeaderState {
    guard size >= SegmentHeader.size else { return .missing }
    return withUnsafeTemporaryAllocation(byteCount: SegmentHeader.size, alignment: 8) { memory in
      guard let base = memory.baseAddress, disk.read(segment.descriptor, base, SegmentHeader.size, at: 0) == SegmentHeader.size else {
        return .unread
      }
      guard let header = SegmentHeader(Bytes(start: base.assumingMemoryBound(to: UInt8.self), count: SegmentHeader.size)),
        header.tries < Self.mostTries
      else { return .wrong }
      segment.salt = header.salt
      segment.start = SpoolTime(header)
      segment.tries = header.tries
      return .read
    }
  }

  private func setAside(_ slot: Int, _ descriptor: Int32) {
    countCorrupt(1)
    disk.quarantine(slot, descriptor)
    log.write(.warn) { $0.add("a file in spool_directory is damaged, or its readers died; it was set aside, as one that ends with .bad") }
  }

  /// Ends with the followed segments of which everything was delivered. Returns whether any was.
  func endFollowed() -> Bool {
    var hasEnded = false
    for index in 0..<segmentCount {
      guard let segment = segment(at: index), segment != reading.segment, segment.pointee.isFollowed, segment.pointee.held == 0 else {
        continue
      }
      if !segment.pointee.isOrphan {
        // Whoever wrote it is gone if its lock is free; what came before that is looked for once more.
        segment.pointee.isOrphan = disk.lock(segment.pointee.descriptor, byte: 0)
      } else if segment.pointee.isRead {
        hasEnded = true
        mutex.lock()
        let ended = state.takeOut(segment)
        mutex.unlock()
        remove(ended)
      }
    }
    return hasEnded
  }
}
