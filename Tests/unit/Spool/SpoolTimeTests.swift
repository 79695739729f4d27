// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("The age of what lies in the spool")
struct SpoolTimeTests {
  /// A round that began an hour after the boot, and a record a minute later.
  private let start = time(wall: 1_800_000_000_000, boot: 3_600_000, tag: 5)
  private let record: Int64 = 3_660_000

  private static func time(wall: Int64, boot: Int64, tag: UInt64) -> SpoolTime {
    SpoolTime(wallMilliseconds: wall, bootMilliseconds: boot, bootTag: tag)
  }

  private func age(wallLater: Int64, boot: Int64, tag: UInt64 = 5) -> Int64 {
    start.age(ofRecordAt: record, now: Self.time(wall: start.wallMilliseconds + 60_000 + wallLater, boot: boot, tag: tag))
  }

  @Test("Within one boot both clocks tell it")
  func sameBoot() { #expect(age(wallLater: 7000, boot: record + 7000) == 7000) }

  @Test("A wall clock that is set forward makes nothing older within one boot")
  func forward() { #expect(age(wallLater: 90_000_000, boot: record + 7000) == 7000) }

  @Test("A wall clock that is set back makes it younger, never less than nothing")
  func backward() {
    #expect(age(wallLater: 2000, boot: record + 7000) == 2000)
    #expect(age(wallLater: -90_000_000, boot: record + 7000) == 0)
  }

  @Test("After another boot only the wall clock counts")
  func otherBoot() {
    #expect(age(wallLater: 500_000, boot: 20_000, tag: 6) == 500_000)
    #expect(age(wallLater: 500_000, boot: record + 7000, tag: 6) == 500_000)
    #expect(age(wallLater: -500_000, boot: 20_000, tag: 6) == 0)
  }

  @Test("Where the boot is not known, the wall clock counts")
  func unknownBoot() {
    let unknown = Self.time(wall: start.wallMilliseconds, boot: start.bootMilliseconds, tag: 0)
    let now = Self.time(wall: start.wallMilliseconds + 60_000 + 9000, boot: record + 7000, tag: 0)
    #expect(unknown.age(ofRecordAt: record, now: now) == 9000)
  }

  @Test("No clock that jumps within a boot makes it older than it is, or negative", arguments: 1...200 as ClosedRange<UInt64>)
  func neverEarly(seed: UInt64) {
    var random = Random(seed: seed)
    let elapsed = Int64.random(in: 0...90_000_000, using: &random)
    let jump = Int64.random(in: -200_000_000...200_000_000, using: &random)
    let found = age(wallLater: elapsed + jump, boot: record + elapsed)
    #expect(found >= 0 && found <= elapsed)
    if jump >= 0 { #expect(found == elapsed) }
  }
}
