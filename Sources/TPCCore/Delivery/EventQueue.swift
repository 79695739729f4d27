// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The events that wait: new ones in the order of their acceptance, failed ones by the time of their next attempt. The ring and
/// the heap grow by doubling up to what the bounds allow, and a failed allocation refuses the event.
struct EventQueue: ~Copyable {
  /// The ring's memory is asked for by so many places at once: one page at a time, its faults would meet each seventieth event.
  private static let portion = 1024

  private var ring: UnsafeMutablePointer<QueuedEvent>?
  /// A power of two.
  private var ringCapacity = 0
  private var first = 0
  /// Up to which place the system was asked for the ring's memory.
  private var populated = 0
  private(set) var freshCount = 0
  /// A binary heap: no child is due before its parent.
  private var retries = List<QueuedEvent>()

  init() {}

  deinit { free(ring) }

  var count: Int { freshCount + retries.count }

  // MARK: New events

  /// `false` when memory ran out.
  mutating func append(_ event: QueuedEvent) -> Bool {
    guard freshCount < ringCapacity || grow(), let ring else { return false }
    let place = (first &+ freshCount) & (ringCapacity &- 1)
    if place >= populated { populate(ring, from: place) }
    (ring + place).initialize(to: event)
    freshCount &+= 1
    return true
  }

  var oldestFresh: QueuedEvent? {
    guard freshCount > 0, let ring else { return nil }
    return ring[first]
  }

  mutating func takeFresh() -> QueuedEvent? {
    guard let event = oldestFresh else { return nil }
    first = (first &+ 1) & (ringCapacity &- 1)
    freshCount -= 1
    return event
  }

  private mutating func grow() -> Bool {
    let wanted = max(64, ringCapacity * 2)
    let (size, overflow) = wanted.multipliedReportingOverflow(by: MemoryLayout<QueuedEvent>.stride)
    guard !overflow, let memory = malloc(size) else { return false }
    let grown = memory.bindMemory(to: QueuedEvent.self, capacity: wanted)
    if let ring {
      let straight = min(freshCount, ringCapacity - first)
      grown.initialize(from: ring + first, count: straight)
      (grown + straight).initialize(from: ring, count: freshCount - straight)
    }
    free(ring)
    ring = grown
    ringCapacity = wanted
    first = 0
    populated = freshCount
    return true
  }

  private mutating func populate(_ ring: UnsafeMutablePointer<QueuedEvent>, from place: Int) {
    let count = min(EventQueue.portion, ringCapacity &- place)
    Pages.populate(ring + place, count &* MemoryLayout<QueuedEvent>.stride)
    populated = place &+ count
  }

  // MARK: Events that wait for a retry

  /// Makes sure that `count` events can be put back. `false` when there is no memory for them: then none should be sent.
  mutating func reserveRetries(_ count: Int) -> Bool { retries.reserve(count) }

  /// Within what was reserved.
  mutating func retry(_ event: QueuedEvent) -> Bool {
    guard retries.append(event) else { return false }
    rise(from: retries.count - 1)
    return true
  }

  var nextRetry: QueuedEvent? { retries[0] }

  mutating func takeRetry() -> QueuedEvent? {
    guard let event = retries[0], let last = retries.removeLast() else { return nil }
    if retries.count > 0 {
      retries.replace(0, with: last)
      sink(from: 0)
    }
    return event
  }

  /// Everything that waits is due at once, except where `limit` is later.
  mutating func hurry(now: Int64, limit: Int64) {
    let due = max(now, limit)
    for index in 0..<retries.count {
      guard var event = retries[index] else { continue }
      event.notBefore = min(event.notBefore, due)
      retries.replace(index, with: event)
    }
    rebuild()
  }

  /// Takes out the retries that were accepted at `time` or before, one a call.
  mutating func takeRetry(acceptedBy time: Int64) -> QueuedEvent? {
    for index in 0..<retries.count {
      guard let event = retries[index], event.acceptedAt <= time, let last = retries.removeLast() else { continue }
      if index < retries.count {
        retries.replace(index, with: last)
        rebuild()
      }
      return event
    }
    return nil
  }

  /// The earliest time of acceptance among the retries.
  func oldestRetry() -> Int64? {
    var oldest: Int64?
    for index in 0..<retries.count {
      if let event = retries[index] { oldest = min(oldest ?? Int64.max, event.acceptedAt) }
    }
    return oldest
  }

  /// How many of the waiting events were accepted before `sequence`.
  func count(before sequence: UInt64) -> Int {
    var count = 0
    // New events stand in the order of their sequence, with none missing between them.
    if let oldest = oldestFresh, oldest.sequence < sequence { count = min(freshCount, Int(sequence - oldest.sequence)) }
    for index in 0..<retries.count {
      if let event = retries[index], event.sequence < sequence { count += 1 }
    }
    return count
  }

  private mutating func rebuild() {
    for index in stride(from: retries.count / 2, through: 0, by: -1) { sink(from: index) }
  }

  private mutating func rise(from start: Int) {
    var index = start
    while index > 0, let event = retries[index], let parent = retries[(index - 1) / 2], event.notBefore < parent.notBefore {
      retries.replace(index, with: parent)
      retries.replace((index - 1) / 2, with: event)
      index = (index - 1) / 2
    }
  }

  private mutating func sink(from start: Int) {
    var index = start
    while let event = retries[index] {
      var smallest = index
      var least = event
      for child in [2 * index + 1, 2 * index + 2] {
        if let candidate = retries[child], candidate.notBefore < least.notBefore { (smallest, least) = (child, candidate) }
      }
      if smallest == index { return }
      retries.replace(index, with: least)
      retries.replace(smallest, with: event)
      index = smallest
    }
  }
}
