// SPDX-License-Identifier: Apache-2.0

/// The events waiting for a retry, in two orders: by the time of their next attempt, and by the time
/// when they expire. Inserting and removing is O(log n).
struct RetryQueue: ~Copyable {
  /// Indexed by slot. A slot that is in neither heap is in `free`.
  private var events = GrowableArray<QueuedEvent>()
  private var free = GrowableArray<Int>()
  private var due = IndexedHeap()
  private var age = IndexedHeap()

  init() {}

  deinit {
    for index in 0..<age.count {
      if let slot = age.slot(at: index) { events[slot]?.freeIfApart() }
    }
  }

  var count: Int { age.count }

  /// Reserves room to insert `extra` more events. `false` when memory ran out.
  mutating func reserve(_ extra: Int) -> Bool {
    let slots = count + extra
    return events.reserve(max(0, slots - events.count)) && free.reserve(max(0, slots - free.count)) && due.reserve(slots)
      && age.reserve(slots)
  }

  /// Inserts an event. Cannot fail if room was reserved; otherwise `false` when memory ran out.
  @inline(never)
  mutating func insert(_ event: QueuedEvent) -> Bool {
    guard reserve(1) else { return false }
    let slot: Int
    if let known = free.removeLast() {
      slot = known
      events.replace(slot, with: event)
    } else {
      guard events.append(event) else { return false }
      slot = events.count - 1
    }
    due.insert(slot, key: event.notBefore)
    age.insert(slot, key: RetryQueue.age(event))
    return true
  }

  /// When the first of them is due, `Int64.min` if it was hurried; nil if there is none.
  var nextDue: Int64? { due.top?.key }

  var isNextSilent: Bool { due.top.flatMap { events[$0.slot]?.isSilent } ?? false }

  /// Takes the event that is due first.
  mutating func takeDue() -> QueuedEvent? { due.top.flatMap { take($0.slot) } }

  /// By the time when it expires; of those with the same time, the one first that was accepted first. It is always the same one, and
  /// so is tried again until it passes.
  private static func age(_ event: QueuedEvent) -> Int64 {
    let number = event.isAdopted ? UInt64(event.place.offset / 8) : event.sequence
    return event.expiresAt << 20 | Int64(truncatingIfNeeded: number & 0xFFFFF)
  }

  /// When the first of them expires; nil if there is none.
  var nextExpiry: Int64? { age.top.map { $0.key >> 20 } }

  /// Takes the event that expires first.
  mutating func takeOldest() -> QueuedEvent? { age.top.flatMap { take($0.slot) } }

  @inline(never)
  private mutating func take(_ slot: Int) -> QueuedEvent? {
    due.remove(slot)
    age.remove(slot)
    // Cannot fail: room for it was reserved with the slot.
    _ = free.append(slot)
    return events[slot]
  }

  /// Calls `body` with each event, to be changed in place. Its times must stay as they are.
  mutating func forEach(_ body: (inout QueuedEvent) -> Void) {
    for index in 0..<age.count {
      if let slot = age.slot(at: index) { events.withElement(slot, body) }
    }
  }

  /// Makes all of them due at once.
  mutating func hurry() { due.advance() }
}
