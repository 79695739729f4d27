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
  /// By how much failures outweigh four times the successes, in the worst run of results that ends now.
  private var excess = 0
  /// The endpoint has worked since the circuit was last open.
  private var isProven = false
  /// Results since the limit was last cut.
  private var resultsSinceCut = 0
  private var silentSinceCut = 0
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

  /// A flush may probe at once; the server's time still holds.
  mutating func hurry() { probeFloor = 0 }

  func start(now: Int64, isProbe: Bool, probes: Int, inFlight: Int, limit: Int, _ log: inout SimulationLog) {
    log.expect(now >= serverTime, now, "a request starts \(serverTime - now) ms before the time that the server named")
    if isProbe {
      log.expect(probes == 0, now, "a second probe goes out while the circuit is open")
      log.expect(now >= probeFloor, now, "a probe goes out \(probeFloor - now) ms too early")
    } else {
      log.expect(inFlight < limit, now, "\(inFlight + 1) requests are in flight; the limit is \(limit)")
      log.expect(inFlight < carried, now, "\(inFlight + 1) requests are in flight on a connection that carries \(carried)")
      log.expect(excess < 16, now, "though failures outweigh successes by \(excess), requests go out as ever")
    }
  }

  mutating func finish(
    _ request: DeliverySimulation.RequestInFlight, _ fate: SimulatedFate, isItsOwn: Bool, now: Int64, isHurried: Bool, _ change: Change,
    _ log: inout SimulationLog
  ) {
    let (result, after) = (request.answer.result, change.limitAfter)
    if fate != .delivered, let delay = result.retryAfterMilliseconds { serverTime = max(serverTime, now + delay) }
    let asksForLess = result.httpStatus == 429 || result.retryAfterMilliseconds != nil
    resultsSinceCut += 1
    if fate == .delivered || fate == .rejected && !asksForLess {
      pass(change, now: now, &log)
    } else if fate == .againAtOnce || isItsOwn && result.retryAfterMilliseconds == nil {
      log.expect(change.isOpen == change.wasOpen && after == change.limitBefore, now, "what is not its doing was held against it")
    } else {
      blame(request, fate, now: now, isHurried: isHurried, change, &log)
    }
    log.expect(after >= 1 && after <= carried, now, "the limit is \(after) on a connection that carries \(carried)")
  }

  /// The endpoint works.
  private mutating func pass(_ change: Change, now: Int64, _ log: inout SimulationLog) {
    let after = change.limitAfter
    excess = change.wasOpen ? 11 : max(0, excess - 4)
    isProven = true
    log.expect(!change.isOpen, now, "the endpoint answered and the circuit stays open")
    log.expect(!change.wasOpen || after <= 2, now, "after an outage the limit is \(after)")
    checkLimit(change, mayGrow: true, now: now, &log)
  }

  /// The endpoint failed, asks for less, or takes nothing as it is configured.
  private mutating func blame(
    _ request: DeliverySimulation.RequestInFlight, _ fate: SimulatedFate, now: Int64, isHurried: Bool, _ change: Change,
    _ log: inout SimulationLog
  ) {
    let result = request.answer.result
    excess += 1
    let isAgain = fate == .again && result.shouldRetry == nil
    let isMisconfigured = isAgain && SimulatedFate.misconfigured.contains(result.httpStatus)
    let asksForLess = (result.httpStatus == 429 || result.retryAfterMilliseconds != nil) && !isMisconfigured
    let isCredential = isMisconfigured && [401, 407].contains(result.httpStatus)
    let mustOpen = excess >= 16 || asksForLess || isCredential || isMisconfigured && !isProven
    let mayOpen = mustOpen || excess >= 5
    log.expect(change.isOpen || !change.wasOpen && !mustOpen, now, "with an excess of \(excess) the circuit stays closed")
    log.expect(!change.isOpen || change.wasOpen || mayOpen, now, "with an excess of \(excess) the circuit opens")
    if result.isSilent { silentSinceCut += 1 }
    checkLimit(change, mayGrow: false, now: now, &log)
    fail(request, change, now: now, isMisconfigured: isMisconfigured, isHurried: isHurried)
  }

  /// The limit grows by one with a success, and is halved at most once a round of requests.
  private mutating func checkLimit(_ change: Change, mayGrow: Bool, now: Int64, _ log: inout SimulationLog) {
    let (before, after) = (change.limitBefore, change.limitAfter)
    log.expect(after <= before + (mayGrow ? 1 : 0), now, "one answer took the limit from \(before) to \(after)")
    guard after < before, !change.wasOpen else { return }
    log.expect(after >= before / 2, now, "one answer took the limit from \(before) to \(after)")
    let mayFall = resultsSinceCut >= 16 || silentSinceCut > 0
    log.expect(mayFall, now, "the limit was cut again after \(resultsSinceCut) results, none of them silent")
    (resultsSinceCut, silentSinceCut) = (0, 0)
  }

  private mutating func fail(
    _ request: DeliverySimulation.RequestInFlight, _ change: Change, now: Int64, isMisconfigured: Bool, isHurried: Bool
  ) {
    guard change.isOpen else { return }
    if !change.wasOpen {
      openings += 1
      isProven = false
      failedProbes = 0
    } else if !request.isProbe || request.opening != openings {
      return
    }
    failedProbes += 1
    var longest = isMisconfigured ? max(60_000, settings.retry.maximumMilliseconds) : settings.retry.maximumMilliseconds
    if isHurried { longest = min(4_000, settings.retry.maximumMilliseconds) }
    let full = min(Double(longest), Double(settings.retry.initialMilliseconds) * Double(sign: .plus, exponent: failedProbes - 1, significand: 1))
    // The jitter takes at most half of it; a flush's own interval is never longer than its cap.
    probeFloor = now + Int64(full / 2)
  }

  /// However long an outage lasts, the sender looks again: after the server's own time, with the jitter on top of it, or after
  /// the longest delay. With requests under way their ends wake it.
  func checkSleep(until time: Int64, now: Int64, isQuiet: Bool, _ log: inout SimulationLog) {
    guard isQuiet else { return }
    let longest = max(60_000, settings.retry.maximumMilliseconds)
    log.expect(time <= max(now, serverTime) + longest, now, "with nothing under way the sender sleeps \(time - now) ms")
  }
}
