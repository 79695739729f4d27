// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The waiting events: new ones in the order of their acceptance, failed ones for their next attempt. Both grow by
/// doubling, up to the configured bounds; if an allocation fails, the event is refused.
struct EventQueue: ~Copyable {
  /// How many entries of the ring are requested from the system at once: with single pages, every seventieth event
  /// would meet a page fault.
  private static let portion = 1024

  private var ring: UnsafeMutablePointer<QueuedEvent>?
  /// A power of two.
  private var ringCapacity = 0
  private var first = 0
  /// The index up to which the system was asked for the ring's memory.
  private var populated = 0
  private(set) var freshCount = 0
  private var retries = RetryQueue()

  init() {}

  deinit { free(ring) }

  var count: Int { freshCount + retries.count }

  // MARK: New events

  /// Adds an event at the end. `false` when memory ran out.
  @_optimize(speed)
  mutating func append(_ event: QueuedEvent) -> Bool {
    guard freshCount < ringCapacity || grow(), let ring else { return false }
    let index = (first &+ freshCount) & (ringCapacity &- 1)
    if index >= populated { populate(ring, from: index) }
    (ring + index).initialize(to: event)
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

  /// Takes the event that was accepted last.
  mutating func takeNewestFresh() -> QueuedEvent? {
    guard freshCount > 0, let ring else { return nil }
    freshCount -= 1
    return ring[(first &+ freshCount) & (ringCapacity &- 1)]
  }

  /// Puts back an event that was taken: before all others or, if it was the newest, after them. `false` when memory ran
  /// out.
  mutating func putBack(_ event: QueuedEvent, atFront isFirst: Bool) -> Bool {
    guard isFirst else { return append(event) }
    guard freshCount < ringCapacity || grow(), let ring else { return false }
    first = (first &- 1) & (ringCapacity &- 1)
    (ring + first).initialize(to: event)
    freshCount &+= 1
    return true
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

  private mutating func populate(_ ring: UnsafeMutablePointer<QueuedEvent>, from index: Int) {
    let count = min(EventQueue.portion, ringCapacity &- index)
    Pages.populate(ring + index, count &* MemoryLayout<QueuedEvent>.stride)
    populated = index &+ count
  }

  // MARK: Events that wait for a retry

  /// Reserves room to put back `count` events. `false` when memory ran out: then none should be sent.
  mutating func reserveRetries(_ count: Int) -> Bool { retries.reserve(count) }

  /// Adds an event to retry. Cannot fail if room was reserved.
  mutating func retry(_ event: QueuedEvent) -> Bool { retries.insert(event) }

  /// When the next retry is due; nil if none is waiting.
  var nextRetry: Int64? { retries.nextDue }

  /// Whether the retry that is due next got no answer last time.
  var isNextRetrySilent: Bool { retries.isNextSilent }

  mutating func takeRetry() -> QueuedEvent? { retries.takeDue() }

  /// When the oldest of the retries was accepted; nil if none is waiting.
  var oldestRetry: Int64? { retries.oldest }

  mutating func takeOldestRetry() -> QueuedEvent? { retries.takeOldest() }

  /// Makes all retries due at once.
  mutating func hurry() { retries.hurry() }
}
