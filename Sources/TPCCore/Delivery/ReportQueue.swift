// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The reports waiting to be polled, oldest first. If there is no room for a new one, the oldest is dropped. Limited in
/// number and in bytes, since an event's id may be as long as the event.
struct ReportQueue: ~Copyable {
  private let capacity: Int
  private let maximumBytes: Int
  private var bytes = 0

  /// The bytes allowed per report: enough for an event with an id of up to some 700 bytes, whatever the server says.
  static let bytesPerReport = 4096

  /// A ring of `size` entries, with the oldest at `first`.
  private var ring: UnsafeMutablePointer<UnsafeMutablePointer<Report>>?
  private var size = 0
  private var first = 0
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(0, capacity)
    maximumBytes = min(self.capacity, Int.max / ReportQueue.bytesPerReport) * ReportQueue.bytesPerReport
  }

  deinit {
    for index in 0..<count { ReportQueue.destroy(ring?[(first + index) % size]) }
    free(ring)
  }

  var isKept: Bool { capacity > 0 }

  /// Adds a report. Returns how many reports were lost: the oldest if there is no room, or the new one if there is no
  /// memory.
  mutating func append(_ event: QueuedEvent, _ outcome: Outcome, _ words: OutcomeDetails) -> UInt64 {
    guard capacity > 0 else { return 0 }
    guard let report = Report(event, outcome, words), let memory = malloc(MemoryLayout<Report>.stride) else { return 1 }
    let pointer = memory.bindMemory(to: Report.self, capacity: 1)
    pointer.initialize(to: report)
    var lost: UInt64 = 0
    // The newest is kept, however large it is.
    while count == capacity || count > 0 && bytes + pointer.pointee.size > maximumBytes {
      ReportQueue.destroy(take())
      lost += 1
    }
    guard count < size || grow(), let ring else {
      ReportQueue.destroy(pointer)
      return lost + 1
    }
    ring[(first + count) % size] = pointer
    count += 1
    bytes += pointer.pointee.size
    return lost
  }

  /// Takes the oldest report; the caller must pass it to `destroy`.
  mutating func take() -> UnsafeMutablePointer<Report>? {
    guard count > 0, let ring else { return nil }
    let report = ring[first]
    first = (first + 1) % size
    count -= 1
    bytes -= report.pointee.size
    return report
  }

  static func destroy(_ report: UnsafeMutablePointer<Report>?) {
    report?.deinitialize(count: 1)
    free(report)
  }

  private mutating func grow() -> Bool {
    let wanted = min(capacity, max(64, size * 2))
    guard let memory = malloc(wanted * MemoryLayout<UnsafeMutablePointer<Report>>.stride) else { return false }
    let grown = memory.bindMemory(to: UnsafeMutablePointer<Report>.self, capacity: wanted)
    for index in 0..<count {
      if let ring { (grown + index).initialize(to: ring[(first + index) % size]) }
    }
    free(ring)
    ring = grown
    size = wanted
    first = 0
    return true
  }
}
