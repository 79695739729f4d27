// SPDX-License-Identifier: Apache-2.0

/// Decides whether the endpoint may be asked at all (the pattern is M. Nygard's, "Release It!", 2007). Closed: requests flow.
/// Open: nothing is sent until a time, then one probe at a time, with an event that has to go out anyway. An answer closes
/// the circuit; another failure keeps it open for longer. So an outage costs requests per process, not per event.
///
/// It opens when failures outweigh successes: each failure takes one from an allowance and each success gives four back, so
/// that only an endpoint that fails more than four of five requests runs it down (after gRPC's retry throttling, proposal A6).
struct CircuitBreaker {
  enum State: Equatable {
    case closed
    /// A probe may go out at `probeAt`.
    case open(probeAt: Int64, isMisconfigured: Bool)
  }

  private(set) var state = State.closed
  /// Failures that it still takes to open.
  private(set) var allowance = CircuitBreaker.untriedAllowance
  /// How often in a row it opened; the growing part of the backoff.
  private(set) var openings = 0
  /// A time that the server named; no flush goes before it.
  private(set) var notBefore: Int64 = 0
  /// Probes under way: one, whichever time of being open it belongs to.
  private(set) var probes = 0
  /// Numbers the times of being open, so that a probe's failure counts only for the one that it probed.
  private var episode: UInt32 = 0
  /// Something failed since the allowance was last full.
  private var hasDoubts = false
  /// When a flush last brought a probe forward.
  private var hurriedAt = Int64.min / 2
  /// The endpoint has taken a request since the start, or since it was last given up.
  private var isProven = false

  /// Of an endpoint that works, and of one that has yet to show it.
  static let fullAllowance = 16
  static let untriedAllowance = 5
  private static let successGivesBack = 4
  /// Flushes bring probes forward no more often than this, in milliseconds: a host may flush with every page.
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

  /// Whether a request may start now, given how many the concurrency limit leaves room for.
  func permits(now: Int64, inFlight: Int, limit: Int) -> Bool {
    guard now >= notBefore else { return false }
    switch state {
    case .closed: return inFlight < limit
    case .open(let probeAt, _): return probes == 0 && now >= probeAt
    }
  }

  /// The next time at which `permits` may become true by itself; nil when that hangs on an answer.
  var nextTime: Int64? {
    switch state {
    case .closed: return notBefore
    case .open(let probeAt, _): return probes > 0 ? nil : max(probeAt, notBefore)
    }
  }

  /// A request starts. Returns the number that `ended` and `failed` want back when it is a probe.
  mutating func started() -> UInt32? {
    guard isOpen else { return nil }
    probes += 1
    return episode
  }

  /// A request has ended, whatever it came to.
  mutating func ended(probe: UInt32?) {
    if probe != nil { probes -= 1 }
  }

  /// The server answered, even if only to refuse the event for good.
  mutating func succeeded() {
    // Whoever has just come back is met as a stranger.
    allowance =
      isOpen ? CircuitBreaker.untriedAllowance : min(CircuitBreaker.fullAllowance, allowance + CircuitBreaker.successGivesBack)
    if allowance == CircuitBreaker.fullAllowance { hasDoubts = false }
    openings = 0
    isProven = true
    state = .closed
  }

  /// A request failed for a reason that others share. `retryAt` is the time that the server named, if it did. `policy` says how
  /// long to wait, `unit` is its jitter.
  mutating func failed(
    _ subject: Verdict.Subject, probe: UInt32?, now: Int64, retryAt: Int64?, policy: RetryPolicy, unit: Double
  ) {
    allowance = max(0, allowance - 1)
    hasDoubts = true
    open(subject, probe: probe, now: now, policy: policy, unit: unit)
    guard let retryAt else { return }
    notBefore = max(notBefore, retryAt)
    guard case .open(let probeAt, let isMisconfigured) = state else { return }
    // Every sender may have been told the same time: jitter behind it, as behind a delay, keeps them from coming back together.
    let spread = policy.spread(over: retryAt - now, unit: unit)
    state = .open(probeAt: max(probeAt, retryAt + spread), isMisconfigured: isMisconfigured)
  }

  private mutating func open(_ subject: Verdict.Subject, probe: UInt32?, now: Int64, policy: RetryPolicy, unit: Double) {
    if isOpen {
      // Those that were under way when it opened say nothing new; only its probe's failure makes it wait longer.
      guard probe == episode else { return }
    } else {
      guard allowance == 0 || opensAtOnce(subject) else { return }
      episode &+= 1
    }
    openings += 1
    isProven = false
    let isMisconfigured = subject == .credential || subject == .configuration
    state = .open(probeAt: now + policy.delay(failures: openings, unit: unit), isMisconfigured: isMisconfigured)
  }

  private func opensAtOnce(_ subject: Verdict.Subject) -> Bool {
    switch subject {
    case .endpointThrottles, .credential: return true
    // Where requests pass, a firewall may have answered so to one event.
    case .configuration: return !isProven
    case .endpointFails, .endpointWorks, .event, .nothing: return false
    }
  }

  /// Somebody waits for a flush: a probe may go at once, unless the server named a later time, or another flush just did the same.
  mutating func hurry(now: Int64) {
    guard case .open(let probeAt, let isMisconfigured) = state, probeAt > now, now - hurriedAt >= CircuitBreaker.hurryDistanceMilliseconds
    else { return }
    hurriedAt = now
    state = .open(probeAt: max(now, notBefore), isMisconfigured: isMisconfigured)
  }
}
