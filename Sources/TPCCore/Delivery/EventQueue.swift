// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The events that wait: new ones in the order of their acceptance, failed ones for their next attempt. Both grow by doubling up
/// to what the bounds allow, and a failed allocation refuses the event.
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
  private var retries = RetryQueue()

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

  /// The one that was accepted last.
  mutating func takeNewestFresh() -> QueuedEvent? {
    guard freshCount > 0, let ring else { return nil }
    freshCount -= 1
    return ring[(first &+ freshCount) & (ringCapacity &- 1)]
  }

  /// Puts one back that was taken: before all others or, if it was the newest, behind them. `false` when memory ran out.
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

  private mutating func populate(_ ring: UnsafeMutablePointer<QueuedEvent>, from place: Int) {
    let count = min(EventQueue.portion, ringCapacity &- place)
    Pages.populate(ring + place, count &* MemoryLayout<QueuedEvent>.stride)
    populated = place &+ count
  }

  // MARK: Events that wait for a retry

  /// Makes sure that `count` events can be put back. `false` when there is no memory for them: then none should be sent.
  mutating func reserveRetries(_ count: Int) -> Bool { retries.reserve(count) }

  /// Within what was reserved.
  mutating func retry(_ event: QueuedEvent) -> Bool { retries.insert(event) }

  /// When the next retry is due. Nil when none waits.
  var nextRetry: Int64? { retries.nextDue }

  /// Whether the retry that is due next got no answer before.
  var isNextRetrySilent: Bool { retries.isNextSilent }

  mutating func takeRetry() -> QueuedEvent? { retries.takeDue() }

  /// When the oldest of the retries was accepted. Nil when none waits.
  var oldestRetry: Int64? { retries.oldest }

  mutating func takeOldestRetry() -> QueuedEvent? { retries.takeOldest() }

  /// Everything that waits for a retry is due at once.
  mutating func hurry() { retries.hurry() }
}
