// SPDX-License-Identifier: Apache-2.0

/// The life of a `Delivery`, as a value: what happened goes in, what is to be done comes out. Used under the delivery's lock.
///
///     idle ──start──▸ running ──close──▸ closing ──stop──▸ stopping
///      │                                    │                  │
///      │                                    └──────settle──────┴──▸ settled ──end──▸ ended
///      └─close──────────────────────────────────────────────────────────────────────▸
struct DeliveryLife {
  enum Stage: Equatable {
    /// Takes events; the first one starts a sender.
    case idle
    /// Takes events, which the sender delivers.
    case running
    /// Takes no events. The sender delivers what is pending until all is answered for or the time comes.
    case closing(until: Int64)
    /// The sender drops what is left, and nobody waits for an event any more.
    case stopping
    /// Every event is answered for; the sender still frees what is libcurl's.
    case settled
    /// There is no sender, and there will be none.
    case ended
  }

  private(set) var stage = Stage.idle

  /// Whether events are taken.
  @inline(__always)
  var isOpen: Bool {
    switch stage {
    case .idle, .running: true
    case .closing, .stopping, .settled, .ended: false
    }
  }

  /// Whether a sender has still to be started.
  @inline(__always)
  var isIdle: Bool { if case .idle = stage { true } else { false } }

  /// Whether it makes sense to wait for an event to be delivered.
  var isDelivering: Bool {
    switch stage {
    case .idle, .running, .closing: true
    case .stopping, .settled, .ended: false
    }
  }

  /// Whether some events may be neither answered for nor given up.
  var isSettled: Bool {
    switch stage {
    case .settled, .ended: true
    case .idle, .running, .closing, .stopping: false
    }
  }

  var hasEnded: Bool { if case .ended = stage { true } else { false } }

  // MARK: The host's threads

  /// A sender was started.
  mutating func start() {
    if isIdle { stage = .running }
  }

  enum Closing {
    /// Wait for what is pending, and then call `stop`.
    case deliver
    /// There is no sender that could: drop what is pending.
    case abandon
    /// It was closed before.
    case stop
  }

  mutating func close(until deadline: Int64) -> Closing {
    switch stage {
    case .idle:
      stage = .ended
      return .abandon
    case .running:
      stage = .closing(until: deadline)
      return .deliver
    case .closing, .stopping, .settled, .ended: return .stop
    }
  }

  /// Nobody waits for what is pending any more.
  mutating func stop() {
    if case .closing = stage { stage = .stopping }
  }

  // MARK: The sender

  enum Turn: Equatable {
    /// Deliver; look again at that time.
    case deliver(until: Int64)
    /// Drop what is left, and then call `settle`.
    case drop
  }

  /// What the sender does next.
  func turn(pending: UInt64, now: Int64) -> Turn {
    switch stage {
    case .idle, .running: .deliver(until: .max)
    case .closing(let deadline): pending == 0 || now >= deadline ? .drop : .deliver(until: deadline)
    case .stopping, .settled, .ended: .drop
    }
  }

  /// Every event is answered for or dropped.
  mutating func settle() {
    if !hasEnded { stage = .settled }
  }

  /// The sender has let go of everything.
  mutating func end() { stage = .ended }
}
