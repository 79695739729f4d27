// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("An event's place in the spool")
struct SpoolPlaceTests {
  @Test("It keeps serial, index, offset and whether the event is left, at their bounds")
  func roundTrip() {
    for serial in [1, 2, 0x5555_5555, 1 << 36 - 1] as [UInt64] {
      for index in [0, 1, 511, SpoolPlace.segments - 1] {
        for offset in [SegmentHeader.size, 72, 1 << 17, SpoolPlace.segmentBytes - 8] {
          for isLeft in [false, true] {
            let place = spoolPlace(serial: serial, index: index, offset: offset, isLeft: isLeft)
            #expect(place.serial == serial && place.index == index && place.offset == offset && place.isLeft == isLeft)
            #expect(place.isOnDisk)
          }
        }
      }
    }
  }

  @Test("An event that is not on disk has none")
  func none() { #expect(!SpoolPlace.none.isOnDisk && !SpoolPlace.none.isLeft) }

  @Test("Two rounds, two segments and two records of one have different places")
  func distinct() {
    let place = spoolPlace()
    #expect(place == spoolPlace())
    #expect(place != spoolPlace(serial: 2) && place != spoolPlace(index: 1) && place != spoolPlace(offset: 72))
  }
}
