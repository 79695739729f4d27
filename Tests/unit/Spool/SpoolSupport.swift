// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// A segment that was opened, with this limit.
func openSegment(slot: Int = 0, limit: Int = SpoolPlace.segmentBytes, isOwn: Bool = true) -> OpenSegment {
  var segment = OpenSegment(slot: slot, descriptor: 7, salt: 1)
  segment.limit = limit
  segment.isOwn = isOwn
  return segment
}

/// A place in the segment with that serial.
func spoolPlace(serial: UInt64 = 1, index: Int = 0, offset: Int = SegmentHeader.size, isLeft: Bool = false) -> SpoolPlace {
  var segment = openSegment()
  segment.serial = serial
  segment.index = index
  return SpoolPlace(segment, offset: offset, isLeft: isLeft)
}
