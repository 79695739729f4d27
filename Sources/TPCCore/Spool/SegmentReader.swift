// SPDX-License-Identifier: Apache-2.0

/// Finds the records in a segment's bytes, whatever these are: those of a process that was killed while it wrote, of a disk that
/// lost some, of a file that somebody made up. Where a record is damaged the search goes on 8 bytes further, so that only this one
/// is lost.
package struct SegmentReader {
  package struct Found {
    package let record: SegmentRecord
    /// Where the record begins in the file: a multiple of 8.
    package let offset: Int
    /// A view into the file.
    package let body: Bytes
  }

  /// A reader that began at an offset knows only its salt: the other fields are 0.
  package let header: SegmentHeader
  private let file: Bytes
  private var offset: Int
  /// Where the next record can be written: after the last valid one and its padding, which the file need not have.
  package private(set) var end: Int
  /// The number of the record that is to follow the last valid one.
  package private(set) var nextSequence: UInt32
  /// Records that were there and cannot be read: their numbers are missing, and there is room for that many between those that
  /// can. (A file that changes while it is copied may show one half written, and then the next: who follows a writer copies again.)
  package private(set) var damaged = 0
  /// Whether the file costs more work than any that the library wrote, damaged or not. What was found until then is valid.
  package private(set) var isHostile = false
  /// How many more bytes may be summed.
  private(set) var budget: Int

  /// Reads a whole file. Nil for anything that this version does not read.
  package init?(_ file: Bytes) {
    guard let header = SegmentHeader(file) else { return nil }
    self.init(file, header, SegmentHeader.size, 0)
  }

  /// Reads from an offset on, a multiple of 8 where a record may begin; after the end of the file there is nothing to find. The
  /// bytes may also be a part of the file, copied from such an offset on: then all offsets count from there.
  package init(_ file: Bytes, salt: UInt64, from offset: Int, nextSequence: UInt32 = 0) {
    let header = SegmentHeader(
      salt: salt, startedWallMilliseconds: 0, startedBootMilliseconds: 0, bootTag: 0, processID: 0)
    self.init(file, header, max(offset, 0), nextSequence)
  }

  private init(_ file: Bytes, _ header: SegmentHeader, _ offset: Int, _ nextSequence: UInt32) {
    self.file = file
    self.header = header
    self.offset = offset
    end = offset
    self.nextSequence = nextSequence
    budget = 4 &* max(file.count &- offset, 0)
  }

  /// The next record with an event; nil after the last one. Valid records of types that this version does not know are passed over.
  @_optimize(speed)
  package mutating func next() -> Found? {
    while offset <= file.count &- SegmentRecord.headerSize, !isHostile {
      guard let length = SegmentRecord.length(file, at: offset), spend(length),
        let record = SegmentRecord(file, at: offset, salt: header.salt)
      else {
        offset &+= 8
        continue
      }
      let (start, body) = (offset, offset &+ SegmentRecord.headerSize)
      pass(record)
      if record.type == SegmentRecord.event {
        return Found(record: record, offset: start, body: file.part(body, body &+ length))
      }
    }
    return nil
  }

  /// Whether a record of this length may be summed.
  @inline(__always)
  private mutating func spend(_ length: Int) -> Bool {
    budget &-= SegmentRecord.summedBeforeBody &+ length
    isHostile = budget < 0
    return !isHostile
  }

  /// Goes on after a valid record.
  @inline(__always)
  private mutating func pass(_ record: SegmentRecord) {
    // A number that was skipped without any room for its record was never written. Numbers that go back are nobody's loss.
    let missing = Int(Int32(bitPattern: record.sequence &- nextSequence))
    if missing > 0 { damaged &+= min(missing, (offset &- end) / SegmentRecord.headerSize) }
    nextSequence = record.sequence &+ 1
    offset &+= SegmentRecord.paddedSize(bodyLength: record.length)
    end = offset
  }
}
