// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// When a request may go, as the documents have it, checked on what a life shows of itself: how many are under way, what the
/// server said, whether the circuit is open. It repeats no code of the breaker or the limit.
struct DeliveryRules {
  /// What a finished request did to the circuit and the limit.
  struct Change {
    let wasOpen: Bool
    let isOpen: Bool
    let limitBefore: Int
    let limitAfter: Int
  }

  private let settings: DeliverySettings
  /// No request may start before it: the latest time that the server named.
  private(set) var serverTime: Int64 = 0
  /// Numbers the times that the circuit was open.
  private(set) var openings = 0
  /// How many requests at once the connection is known to carry.
  private(set) var carried: Int
  /// Failures that count, with no answer between them.
  private var failures = 0
  /// Of the outage that lasts: its failed probes and its opening.
  private var failedProbes = 0
  /// No probe may start before it, unless somebody flushes.
  private var probeFloor: Int64 = 0

  init(_ settings: DeliverySettings) {
    self.settings = settings
    carried = min(settings.maximumConnections, settings.maximumInFlight)
  }

  mutating func connectionIs(multiplexed: Bool) {
    carried = multiplexed ? settings.maximumInFlight : min(settings.maximumConnections, settings.maximumInFlight)
  }

  /// A flush may probe at once; the server's time stands.
  mutating func hurry() { probeFloor = 0 }

  func start(now: Int64, isProbe: Bool, probes: Int, inFlight: Int, limit: Int, _ log: inout SimulationLog) {
    log.expect(now >= serverTime, now, "a request starts \(serverTime - now) ms before the time that the server named")
    if isProbe {
      log.expect(probes == 0, now, "a second probe goes out while the circuit is open")
      log.expect(now >= probeFloor, now, "a probe goes out \(probeFloor - now) ms too early")
    } else {
      log.expect(inFlight < limit, now, "\(inFlight + 1) requests are in flight; the limit is \(limit)")
      log.expect(inFlight < carried, now, "\(inFlight + 1) requests are in flight on a connection that carries \(carried)")
      log.expect(failures < 5, now, "after \(failures) failures in a row requests go out as ever")
    }
  }

  mutating func finish(
    _ flight: DeliverySimulation.Flight, _ fate: SimulatedFate, now: Int64, isHurried: Bool, _ change: Change,
    _ log: inout SimulationLog
  ) {
    let (result, after) = (flight.answer.result, change.limitAfter)
    if fate != .delivered, let delay = result.retryAfter { serverTime = max(serverTime, now + delay) }
    let asksForLess = result.httpStatus == 429 || result.retryAfter != nil
    let isMisconfigured = fate == .again && result.shouldRetry == nil && SimulatedFate.misconfigured.contains(result.httpStatus)
    if fate == .delivered || fate == .rejected && !asksForLess {
      failures = 0
      log.expect(!change.isOpen, now, "the endpoint answered and the circuit stays open")
      log.expect(after <= change.limitBefore + 1, now, "one answer raised the limit from \(change.limitBefore) to \(after)")
      log.expect(!change.wasOpen || after <= 2, now, "after an outage the limit is \(after)")
    } else if fate != .againAtOnce {
      failures += 1
      let mustOpen = failures >= 5 || asksForLess || isMisconfigured
      log.expect(change.isOpen == (change.wasOpen || mustOpen), now, "after \(failures) failures the circuit is \(change.isOpen)")
      log.expect(after <= max(1, change.limitBefore / 2), now, "a failure took the limit from \(change.limitBefore) to \(after)")
      fail(flight, change, now: now, isMisconfigured: isMisconfigured, isHurried: isHurried)
    } else {
      log.expect(change.isOpen == change.wasOpen && after == change.limitBefore, now, "a stale connection was held against it")
    }
    log.expect(after >= 1 && after <= carried, now, "the limit is \(after) on a connection that carries \(carried)")
  }

  private mutating func fail(
    _ flight: DeliverySimulation.Flight, _ change: Change, now: Int64, isMisconfigured: Bool, isHurried: Bool
  ) {
    guard change.isOpen else { return }
    if !change.wasOpen {
      openings += 1
      failedProbes = 0
    } else if !flight.isProbe || flight.opening != openings {
      return
    }
    failedProbes += 1
    var longest = isMisconfigured ? max(60_000, settings.retry.maximum) : settings.retry.maximum
    if isHurried { longest = min(4_000, settings.retry.maximum) }
    let full = min(Double(longest), Double(settings.retry.initial) * Double(sign: .plus, exponent: failedProbes - 1, significand: 1))
    // The jitter takes half of it at the most; a flush's own interval is never longer than its cap.
    probeFloor = now + Int64(full / 2)
  }

  /// However long an outage lasts, the sender looks again: after the server's own time, with the jitter on top of it, or after
  /// the longest delay. With requests under way their ends wake it.
  func checkSleep(until time: Int64, now: Int64, isQuiet: Bool, _ log: inout SimulationLog) {
    guard isQuiet else { return }
    let longest = max(60_000, settings.retry.maximum)
    log.expect(time <= max(now, serverTime) + longest, now, "with nothing under way the sender sleeps \(time - now) ms")
  }
}
