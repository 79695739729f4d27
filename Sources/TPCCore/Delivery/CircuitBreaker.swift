// SPDX-License-Identifier: Apache-2.0

/// Decides whether the endpoint may be asked at all (the pattern is M. Nygard's, "Release It!", 2007). Closed: requests flow.
/// Open: nothing is sent until a time. Then one probe at a time, with an event that has to go out anyway: an answer closes
/// the circuit, another failure opens it for longer. So an outage costs requests per process, not per event.
struct CircuitBreaker {
  enum Trouble {
    /// A failure that others may or may not share: 5xx, network errors.
    case failure
    /// The server asked for less: 429, or any answer with Retry-After.
    case throttled
    /// Nothing can get through before somebody mends the configuration: 401, 403, 404, redirects.
    case misconfigured
  }

  private(set) var consecutiveFailures = 0
  /// How often in a row it opened; the growing part of the backoff.
  private(set) var openings = 0
  /// Nil while closed; otherwise the time at which a probe may go out.
  private(set) var opensAt: Int64?
  private(set) var isMisconfigured = false
  /// A time that the server named; no flush goes before it.
  private(set) var notBefore: Int64 = 0
  /// Probes under way: one, whichever time of being open it belongs to.
  private(set) var probes = 0
  /// Numbers the times of being open, so that a probe's failure counts only for the one that it probed.
  private var episode: UInt32 = 0

  static let threshold = 5

  var isOpen: Bool { opensAt != nil }

  /// Whether a request may start now, given how many the concurrency limit leaves room for.
  func permits(now: Int64, inFlight: Int, limit: Int) -> Bool {
    guard let opensAt else { return now >= notBefore && inFlight < limit }
    return probes == 0 && now >= opensAt && now >= notBefore
  }

  /// The next time at which `permits` may become true by itself; nil when that hangs on an answer.
  var nextTime: Int64? {
    guard let opensAt else { return notBefore }
    return probes > 0 ? nil : max(opensAt, notBefore)
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

  /// The server answered, be it that it refused the event for good.
  mutating func succeeded() {
    consecutiveFailures = 0
    openings = 0
    opensAt = nil
    isMisconfigured = false
  }

  /// `retryAt` is the time that the server named, if it did. `policy` says how long to wait, `unit` is its jitter.
  mutating func failed(
    _ trouble: Trouble, probe: UInt32?, now: Int64, retryAt: Int64?, policy: RetryPolicy, unit: Double
  ) {
    consecutiveFailures += 1
    open(trouble, probe: probe, now: now, policy: policy, unit: unit)
    guard let retryAt else { return }
    notBefore = max(notBefore, retryAt)
    // Every sender may have been told the same time: jitter behind it, as behind a delay, keeps them from coming back together.
    if let opensAt { self.opensAt = max(opensAt, retryAt + policy.spread(over: retryAt - now, unit: unit)) }
  }

  private mutating func open(_ trouble: Trouble, probe: UInt32?, now: Int64, policy: RetryPolicy, unit: Double) {
    if isOpen {
      // Those that were under way when it opened say nothing new; only its probe's failure makes it wait longer.
      guard probe == episode else { return }
    } else {
      guard trouble != .failure || consecutiveFailures >= CircuitBreaker.threshold else { return }
      episode &+= 1
    }
    openings += 1
    isMisconfigured = trouble == .misconfigured
    opensAt = now + policy.delay(failures: openings, unit: unit)
  }

  /// Somebody waits for a flush: a probe may go at once, unless the server named a later time.
  mutating func hurry(now: Int64) {
    if let opensAt, opensAt > now { self.opensAt = max(now, notBefore) }
  }
}
