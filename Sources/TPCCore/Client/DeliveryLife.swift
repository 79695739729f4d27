// SPDX-License-Identifier: Apache-2.0

/// The life cycle of a `Delivery`, as a value: it is given what happened and returns what to do. Used under the
/// delivery's lock.
///
///     idle ──start──▸ running ──close──▸ closing ──stop──▸ stopping
///      │                                    │                  │
///      │                                    └──────settle──────┴──▸ settled ──end──▸ ended
///      └─close──────────────────────────────────────────────────────────────────────▸
struct DeliveryLife {
  enum Stage: Equatable {
    /// Accepts events; the first one starts a sender.
    case idle
    /// Accepts events, and the sender delivers them.
    case running
    /// Accepts no events. The sender delivers what is pending until everything is answered or the time is up; a client that is
    /// released has no such time (`.max`).
    case closing(until: Int64)
    /// The sender drops what is left. Nothing waits for events any more.
    case stopping
    /// Every event has its outcome; the sender still frees what belongs to libcurl.
    case settled
    /// There is no sender, and there will not be one again.
    case ended
  }

  private(set) var stage = Stage.idle

  /// Whether events are accepted.
  @inline(__always)
  var isOpen: Bool {
    switch stage {
    case .idle, .running: true
    case .closing, .stopping, .settled, .ended: false
    }
  }

  /// Whether no sender has been started yet.
  @inline(__always)
  var isIdle: Bool { if case .idle = stage { true } else { false } }

  /// Whether an event may still be delivered, so that it makes sense to wait for it.
  var isDelivering: Bool {
    switch stage {
    case .idle, .running, .closing: true
    case .stopping, .settled, .ended: false
    }
  }

  /// Whether every event has its outcome.
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
    /// Wait for what is pending, then call `stop`.
    case deliver
    /// There is no sender to deliver anything: drop what is pending.
    case abandon
    /// It was closed before; nothing to wait for.
    case stop
  }

  mutating func close(until deadline: Int64) -> Closing {
    switch stage {
    case .idle:
      stage = .ended
      return .abandon
    case .running, .closing(until: .max):
      stage = .closing(until: deadline)
      return .deliver
    case .closing, .stopping, .settled, .ended: return .stop
    }
  }

  /// The close does not wait for pending events any more.
  mutating func stop() {
    if case .closing = stage { stage = .stopping }
  }

  // MARK: The sender

  enum Step: Equatable {
    /// Deliver; decide again at the given time.
    case deliver(until: Int64)
    /// Drop what is left, then call `settle`.
    case drop
  }

  /// What the sender must do next.
  func turn(pending: UInt64, now: Int64) -> Step {
    switch stage {
    case .idle, .running: .deliver(until: .max)
    case .closing(let deadline): pending == 0 || now >= deadline ? .drop : .deliver(until: deadline)
    case .stopping, .settled, .ended: .drop
    }
  }

  /// Every event has its outcome.
  mutating func settle() {
    if !hasEnded { stage = .settled }
  }

  /// The sender has released everything.
  mutating func end() { stage = .ended }
}
