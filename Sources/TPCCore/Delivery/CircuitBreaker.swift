// SPDX-License-Identifier: Apache-2.0

/// Decides whether the endpoint may be asked at all (the pattern is M. Nygard's, "Release It!", 2007). Closed: requests
/// flow. Open: nothing is sent until a certain time, then one probe at a time, with an event that has to go out anyway.
/// An answer closes the circuit; another failure keeps it open for longer. So an outage costs requests per process, not
/// per event.
///
/// It opens when failures outweigh successes: each failure takes one from an allowance and each success returns four,
/// so only an endpoint that fails more than four of five requests uses it up (after gRPC's retry throttling, proposal
/// A6).
struct CircuitBreaker {
  enum State: Equatable {
    case closed
    /// A probe may be sent at `probeAt`.
    case open(probeAt: Int64, isMisconfigured: Bool)
  }

  /// What a finished request changed, for the sender to act on.
  enum Change: Equatable {
    case unchanged
    /// Requests flow again.
    case closed
    case opened(isMisconfigured: Bool)
    /// The open circuit's probe failed. `showsMisconfiguration` if an outage has just turned out to be one.
    case stayedOpen(showsMisconfiguration: Bool)
  }

  private(set) var state = State.closed
  /// The number of failures left until it opens.
  private(set) var allowance = CircuitBreaker.untriedAllowance
  /// How often it has opened in a row; determines the backoff.
  private(set) var openings = 0
  /// The time that the server asked to be left alone until; no flush overrides it.
  private(set) var notBefore: Int64 = 0
  /// Probes in flight: 0 or 1, even if it was started in an earlier open period.
  private(set) var probes = 0
  /// The number of the open period, so that a probe's failure counts only for the period that it probed.
  private var episode: UInt32 = 0
  /// Whether something failed since the allowance was last full.
  private var hasDoubts = false
  /// When a flush last brought a probe forward.
  private var hurriedAt = Int64.min / 2
  /// Whether the endpoint has accepted a request since the start, or since the circuit last opened.
  private var isProven = false

  /// The allowances of an endpoint that works, and of one that has yet to prove itself.
  static let fullAllowance = 16
  static let untriedAllowance = 5
  private static let successAllowance = 4
  /// The shortest time between flushes that bring probes forward: a host may flush with every page.
  static let hurryDistanceMilliseconds: Int64 = 1_000

  var isOpen: Bool { state != .closed }

  var mood: StartOrder.Mood {
    if !hasDoubts { return .well }
    return allowance < CircuitBreaker.fullAllowance / 2 ? .bad : .doubtful
  }

  var isMisconfigured: Bool {
    if case .open(_, let isMisconfigured) = state { return isMisconfigured }
    return false
  }

  /// Whether a request may start now, given the requests in flight and the concurrency limit.
  func permits(now: Int64, inFlight: Int, limit: Int) -> Bool {
    guard now >= notBefore else { return false }
    switch state {
    case .closed: return inFlight < limit
    case .open(let probeAt, _): return probes == 0 && now >= probeAt
    }
  }

  /// The next time at which `permits` may become true on its own; nil when it depends on an answer.
  var nextTime: Int64? {
    switch state {
    case .closed: return notBefore
    case .open(let probeAt, _): return probes > 0 ? nil : max(probeAt, notBefore)
    }
  }

  /// A request starts. If it is a probe, returns the number to pass to `ended` and `failed`.
  mutating func started() -> UInt32? {
    guard isOpen else { return nil }
    probes += 1
    return episode
  }

  /// A request has ended, with any result.
  mutating func ended(probe: UInt32?) {
    if probe != nil { probes -= 1 }
  }

  /// The server answered, even if it rejected the event.
  @discardableResult
  mutating func succeeded() -> Change {
    let change = isOpen ? Change.closed : .unchanged
    // Nothing is known any more about an endpoint that has just come back.
    allowance =
      isOpen ? CircuitBreaker.untriedAllowance : min(CircuitBreaker.fullAllowance, allowance + CircuitBreaker.successAllowance)
    if allowance == CircuitBreaker.fullAllowance { hasDoubts = false }
    openings = 0
    isProven = true
    state = .closed
    return change
  }

  /// A request failed for a reason that affects others as well. `retryAt` is the time that the server asked for, if it
  /// did. `policy` determines how long to wait, `unit` is its jitter.
  @discardableResult
  mutating func failed(
    _ subject: Verdict.Subject, probe: UInt32?, now: Int64, retryAt: Int64?, policy: RetryPolicy, unit: Double
  ) -> Change {
    allowance = max(0, allowance - 1)
    hasDoubts = true
    let change = open(subject, probe: probe, now: now, policy: policy, unit: unit)
    guard let retryAt else { return change }
    notBefore = max(notBefore, retryAt)
    guard case .open(let probeAt, let isMisconfigured) = state else { return change }
    // Every sender may have been given the same time: jitter after it, as after any delay, keeps them from coming back
    // together.
    let spread = policy.spreadMilliseconds(over: retryAt - now, unit: unit)
    state = .open(probeAt: max(probeAt, retryAt + spread), isMisconfigured: isMisconfigured)
    return change
  }

  private mutating func open(
    _ subject: Verdict.Subject, probe: UInt32?, now: Int64, policy: RetryPolicy, unit: Double
  ) -> Change {
    let (wasOpen, wasMisconfigured) = (isOpen, isMisconfigured)
    if wasOpen {
      // Requests that were in flight when it opened say nothing new; only its probe's failure makes it wait longer.
      guard probe == episode else { return .unchanged }
    } else {
      guard allowance == 0 || opensAtOnce(subject) else { return .unchanged }
      episode &+= 1
    }
    openings += 1
    isProven = false
    let isMisconfigured = subject == .credential || subject == .configuration
    state = .open(
      probeAt: now + policy.delayMilliseconds(failures: openings, unit: unit), isMisconfigured: isMisconfigured)
    return wasOpen
      ? .stayedOpen(showsMisconfiguration: isMisconfigured && !wasMisconfigured)
      : .opened(isMisconfigured: isMisconfigured)
  }

  private func opensAtOnce(_ subject: Verdict.Subject) -> Bool {
    switch subject {
    case .endpointThrottles, .credential: return true
    // While requests pass, this may be a firewall's answer to a single event.
    case .configuration: return !isProven
    case .endpointFails, .endpointWorks, .event, .nothing: return false
    }
  }

  /// A flush is waiting: a probe may be sent at once, unless the server asked for a later time, or another flush has
  /// just done the same.
  mutating func hurry(now: Int64) {
    guard case .open(let probeAt, let isMisconfigured) = state, probeAt > now,
      now - hurriedAt >= CircuitBreaker.hurryDistanceMilliseconds
    else { return }
    hurriedAt = now
    state = .open(probeAt: max(now, notBefore), isMisconfigured: isMisconfigured)
  }
}
