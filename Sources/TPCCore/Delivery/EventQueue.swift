// SPDX-License-Identifier: Apache-2.0

/// The waiting events: new ones in the order of their acceptance, those taken over from the spool, which wait behind all of them, and
/// failed ones for their next attempt. All grow up to the configured bounds; if an allocation fails, the event is refused.
struct EventQueue: ~Copyable {
  private var own = EventRing()
  private var adopted = EventRing()
  private var retries = RetryQueue()

  init() {}

  var count: Int { freshCount + retries.count }

  // MARK: New events

  /// The number of events that no request was made for.
  var freshCount: Int { own.count &+ adopted.count }

  /// Adds an event at the end. `false` when memory ran out.
  @_optimize(speed)
  @inline(__always)
  mutating func append(_ event: QueuedEvent) -> Bool { own.append(event) }

  mutating func appendAdopted(_ event: QueuedEvent) -> Bool { adopted.append(event) }

  var oldestFresh: QueuedEvent? { own.first ?? adopted.first }

  mutating func takeFresh() -> QueuedEvent? { own.takeFirst() ?? adopted.takeFirst() }

  /// Takes the event that was accepted last.
  mutating func takeNewestFresh() -> QueuedEvent? { own.takeLast() ?? adopted.takeLast() }

  /// Puts back an event that was taken, before all others. `false` when memory ran out, and when one of the others is older: it would not
  /// be seen to expire behind this one.
  mutating func putBack(_ event: QueuedEvent) -> Bool {
    if event.isAdopted { return adopted.prepend(event) }
    if let first = own.first?.sequence, first < event.sequence { return false }
    return own.prepend(event)
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

  /// When the first of the retries expires; nil if none is waiting.
  var nextRetryExpiry: Int64? { retries.nextExpiry }

  mutating func takeOldestRetry() -> QueuedEvent? { retries.takeOldest() }

  /// Makes all retries due at once.
  mutating func hurry() { retries.hurry() }

  // MARK: The spool

  /// Calls `body` with each waiting event, to be changed in place.
  mutating func forEach(_ body: (inout QueuedEvent) -> Void) {
    own.forEach(body)
    adopted.forEach(body)
    retries.forEach(body)
  }
}
