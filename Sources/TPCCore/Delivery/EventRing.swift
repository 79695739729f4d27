// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Events in the order in which they came. It grows by doubling; if an allocation fails, nothing changes.
struct EventRing: ~Copyable {
  /// How many entries are requested from the system at once: with single pages, every seventieth event would meet a page fault.
  private static let portion = 1024

  private var ring: UnsafeMutablePointer<QueuedEvent>?
  /// A power of two.
  private var capacity = 0
  private var start = 0
  /// The index up to which the system was asked for the ring's memory.
  private var populated = 0
  private(set) var count = 0

  init() {}

  deinit { free(ring) }

  /// Adds an event at the end. `false` when memory ran out.
  @_optimize(speed)
  mutating func append(_ event: QueuedEvent) -> Bool {
    guard count < capacity || grow(), let ring else { return false }
    let index = (start &+ count) & (capacity &- 1)
    if index >= populated { populate(ring, from: index) }
    (ring + index).initialize(to: event)
    count &+= 1
    return true
  }

  /// Adds an event before all others. `false` when memory ran out.
  mutating func prepend(_ event: QueuedEvent) -> Bool {
    guard count < capacity || grow(), let ring else { return false }
    start = (start &- 1) & (capacity &- 1)
    (ring + start).initialize(to: event)
    count &+= 1
    return true
  }

  var first: QueuedEvent? {
    guard count > 0, let ring else { return nil }
    return ring[start]
  }

  mutating func takeFirst() -> QueuedEvent? {
    guard let event = first else { return nil }
    start = (start &+ 1) & (capacity &- 1)
    count &-= 1
    return event
  }

  mutating func takeLast() -> QueuedEvent? {
    guard count > 0, let ring else { return nil }
    count &-= 1
    return ring[(start &+ count) & (capacity &- 1)]
  }

  /// Calls `body` with each event, to be changed in place.
  mutating func forEach(_ body: (inout QueuedEvent) -> Void) {
    guard let ring else { return }
    for index in 0..<count { body(&ring[(start &+ index) & (capacity &- 1)]) }
  }

  private mutating func grow() -> Bool {
    let wanted = max(64, capacity * 2)
    let (size, overflow) = wanted.multipliedReportingOverflow(by: MemoryLayout<QueuedEvent>.stride)
    guard !overflow, let memory = malloc(size) else { return false }
    let grown = memory.bindMemory(to: QueuedEvent.self, capacity: wanted)
    if let ring {
      let straight = min(count, capacity - start)
      grown.initialize(from: ring + start, count: straight)
      (grown + straight).initialize(from: ring, count: count - straight)
    }
    free(ring)
    ring = grown
    capacity = wanted
    start = 0
    populated = count
    return true
  }

  private mutating func populate(_ ring: UnsafeMutablePointer<QueuedEvent>, from index: Int) {
    let count = min(EventRing.portion, capacity &- index)
    Pages.populate(ring + index, count &* MemoryLayout<QueuedEvent>.stride)
    populated = index &+ count
  }
}
