// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// What a segment's bytes hold.
struct SegmentScan {
  /// The process that began the segment; 0 if there is no header.
  private(set) var processID = 0
  private(set) var pending = 0
  private(set) var ended = 0
  /// The age of the oldest pending event.
  private(set) var oldestMilliseconds: Int64?
  /// Records that cannot be read.
  private(set) var damaged = 0
  /// Pending ones whose event is none that the contract takes.
  private(set) var invalid = 0
  /// Why there is nothing to read; nil for a segment.
  private(set) var flaw: StaticString?

  struct Event {
    let body: Bytes
    /// Where its record is in the file.
    let offset: Int
    let ageMilliseconds: Int64
  }

  /// The library reads a file that is being written from where it stopped. Here a record may be seen half written.
  private static let attempts = 5
  private static let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: SpoolFile.maximumBytes)

  private static var now: SpoolTime {
    SpoolTime(
      wallMilliseconds: tpc_posix_clock_ns(CLOCK_REALTIME) / 1_000_000, bootMilliseconds: tpc_posix_clock_ns(CLOCK_BOOTTIME) / 1_000_000,
      bootTag: tpc_posix_boot_tag())
  }

  /// Reads a file, and hands its pending events to `take`. With a visit, each of them is checked, too.
  init(_ file: SpoolFile, checking visit: Visit? = nil, _ take: ((Event) -> Void)? = nil) {
    self.init()
    for attempt in 1...SegmentScan.attempts {
      let size = file.read(into: SegmentScan.memory)
      let bytes = Bytes(start: SegmentScan.memory, count: max(0, size))
      self = SegmentScan(bytes, checking: visit)
      if size < 0 { flaw = "cannot be read" }
      if damaged == 0 && flaw == nil || attempt == SegmentScan.attempts || file.hasWriter != true {
        if let take { _ = SegmentScan(bytes, take) }
        return
      }
    }
  }

  private init() {}

  private init(_ bytes: Bytes, checking visit: Visit? = nil, _ take: (Event) -> Void = { _ in }) {
    // Its writer was killed before it wrote more.
    guard bytes.count >= SegmentHeader.size else { return }
    guard var reader = SegmentReader(bytes) else {
      flaw = "is not a segment of this version"
      return
    }
    processID = Int(reader.header.processID)
    let (start, now) = (SpoolTime(reader.header), SegmentScan.now)
    while let found = reader.next() {
      guard found.record.state == .pending else {
        ended += 1
        continue
      }
      pending += 1
      let age = start.age(ofRecordAt: found.record.acceptedBootMilliseconds, now: now)
      oldestMilliseconds = max(oldestMilliseconds ?? 0, age)
      if let visit, (try? visit.event.pointee.read(found.body)) == nil { invalid += 1 }
      take(Event(body: found.body, offset: found.offset, ageMilliseconds: age))
    }
    damaged = reader.damaged
    if reader.isHostile { flaw = "takes more work to read than any that the library wrote" }
  }
}
