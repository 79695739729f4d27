// SPDX-License-Identifier: Apache-2.0

/// Counts the pending events that are on disk, and keeps those of them that ended until the sender has noted it there.
struct SpooledEvents: ~Copyable {
  /// The pending events that are on disk.
  private(set) var count = 0
  /// Those of them that another process had accepted, and their bytes.
  private(set) var adopted = 0
  private(set) var adoptedBytes = 0
  private var ended = GrowableArray<Acknowledgement>()

  init() {}

  /// Makes room to note the end of one more event. `false` when memory ran out.
  @inline(__always)
  mutating func reserve(_ place: SpoolPlace) -> Bool { !place.isOnDisk || ended.reserve(count &+ 1) }

  @inline(__always)
  mutating func add(_ place: SpoolPlace) { if place.isOnDisk { count &+= 1 } }

  mutating func add(adopted event: QueuedEvent) {
    count &+= 1
    adopted &+= 1
    adoptedBytes &+= Int(event.length)
  }

  /// An event that was taken over, or is on disk, has ended.
  mutating func end(_ event: QueuedEvent, _ outcome: Outcome) {
    if event.isAdopted {
      adopted &-= 1
      adoptedBytes &-= Int(event.length)
    }
    guard event.place.isOnDisk else { return }
    count &-= 1
    guard let state = RecordState(outcome) else { return }
    // There is room: it was reserved with the event.
    _ = ended.append(Acknowledgement(place: event.place, state: state))
  }

  mutating func takeAcknowledgement() -> Acknowledgement? { ended.removeLast() }

  /// Some events are no longer on disk.
  mutating func lose(_ events: Int) { count &-= events }
}

extension RecordState {
  /// Nil for an event that stays on disk.
  init?(_ outcome: Outcome) {
    switch outcome {
    case .delivered: self = .delivered
    case .rejected: self = .rejected
    case .expired: self = .expired
    case .abandoned, .spooled: return nil
    }
  }
}
