// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Circuit breaker")
struct CircuitBreakerTests {
  private let policy = RetryPolicy(initialMilliseconds: 1000, maximumMilliseconds: 30_000)

  /// A failure at a time, with a jitter that takes nothing off unless another is named, of a request that had `probe` from `started`.
  private func fail(
    _ breaker: inout CircuitBreaker, _ subject: Verdict.Subject = .endpointFails, probe: UInt32? = nil, now: Int64,
    retryAt: Int64? = nil, unit: Double = 1
  ) {
    breaker.ended(probe: probe)
    breaker.failed(subject, probe: probe, now: now, retryAt: retryAt, policy: policy, unit: unit)
  }

  /// One that failures opened at `now`.
  private func opened(now: Int64) -> CircuitBreaker {
    var breaker = CircuitBreaker()
    for _ in 0..<CircuitBreaker.untriedAllowance { fail(&breaker, now: now) }
    return breaker
  }

  /// One whose endpoint has answered often enough to be trusted.
  private func proven() -> CircuitBreaker {
    var breaker = CircuitBreaker()
    for _ in 0..<10 { breaker.succeeded() }
    return breaker
  }

  @Test("An endpoint that has never answered is given up after five failures, and not before")
  func opensAtTheFifth() {
    var breaker = CircuitBreaker()
    for _ in 1...4 {
      fail(&breaker, now: 0)
      #expect(!breaker.isOpen)
      #expect(breaker.permits(now: 0, inFlight: 0, limit: 1))
    }
    fail(&breaker, now: 0)
    #expect(breaker.isOpen)
    #expect(!breaker.permits(now: 999, inFlight: 0, limit: 100))
    #expect(breaker.permits(now: 1000, inFlight: 0, limit: 100))
    #expect(breaker.nextTime == 1000)
  }

  @Test("One that works is given up after sixteen failures with no answer between them")
  func opensAtTheSixteenth() {
    var breaker = proven()
    for _ in 1...15 { fail(&breaker, now: 0) }
    #expect(!breaker.isOpen)
    fail(&breaker, now: 0)
    #expect(breaker.isOpen)
  }

  @Test("As long as every fifth request passes, no number of failures opens it; one in six does not keep it closed")
  func ratio() {
    var breaker = proven()
    for _ in 0..<10_000 {
      for _ in 0..<4 { fail(&breaker, now: 0) }
      breaker.succeeded()
      #expect(!breaker.isOpen)
    }
    var rounds = 0
    while !breaker.isOpen, rounds < 100 {
      for _ in 0..<5 where !breaker.isOpen { fail(&breaker, now: 0) }
      if !breaker.isOpen { breaker.succeeded() }
      rounds += 1
    }
    #expect(breaker.isOpen && rounds > 5)
  }

  @Test("A time that the server named before it opened holds back the first probe")
  func namedBeforeItOpened() {
    var breaker = CircuitBreaker()
    fail(&breaker, now: 0, retryAt: 60_000)
    // These were under way by then, and were given no time.
    for _ in 2...CircuitBreaker.untriedAllowance { fail(&breaker, now: 10) }
    #expect(breaker.isOpen && breaker.nextTime == 60_000)
    #expect(!breaker.permits(now: 59_999, inFlight: 0, limit: 100))
    #expect(breaker.permits(now: 60_000, inFlight: 0, limit: 100))
  }

  @Test("While it is closed, the concurrency limit decides")
  func closedFollowsTheLimit() {
    let breaker = CircuitBreaker()
    #expect(breaker.permits(now: 0, inFlight: 7, limit: 8))
    #expect(!breaker.permits(now: 0, inFlight: 8, limit: 8))
    #expect(breaker.nextTime == 0)
  }

  @Test("While it is open, one probe goes out, and another only after its end")
  func oneProbe() {
    var breaker = opened(now: 0)
    // Those that were in flight when it opened do not keep the probe from going.
    #expect(breaker.permits(now: 1000, inFlight: 50, limit: 1))
    let probe = breaker.started()
    #expect(probe != nil)
    #expect(!breaker.permits(now: 1_000_000, inFlight: 0, limit: 100))
    #expect(breaker.nextTime == nil)
    fail(&breaker, probe: probe, now: 2000)
    #expect(!breaker.permits(now: 3999, inFlight: 0, limit: 100))
    #expect(breaker.permits(now: 4000, inFlight: 0, limit: 100))
  }

  @Test("A request that starts while it is closed is not a probe")
  func noProbeWhileClosed() {
    var breaker = CircuitBreaker()
    let probe = breaker.started()
    #expect(probe == nil)
  }

  @Test("Each failed probe doubles the time to the next one, up to the maximum")
  func backsOff() {
    var breaker = opened(now: 0)
    var delays: [Int64] = []
    var now: Int64 = 0
    for _ in 0..<8 {
      guard let next = breaker.nextTime else { break }
      delays.append(next - now)
      now = next
      fail(&breaker, probe: breaker.started(), now: now)
    }
    #expect(delays == [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  }

  @Test("The failures of requests that were under way when it opened make it wait no longer")
  func stragglersChangeNothing() {
    var breaker = opened(now: 0)
    for _ in 0..<50 {
      fail(&breaker, now: 500)
    }
    #expect(breaker.nextTime == 1000)
    #expect(breaker.openings == 1)
  }

  @Test("Any answer closes it, and the next outage begins with the short delay")
  func closes() {
    var breaker = opened(now: 0)
    fail(&breaker, .credential, probe: breaker.started(), now: 1000)
    breaker.ended(probe: breaker.started())
    breaker.succeeded()
    #expect(!breaker.isOpen && breaker.probes == 0 && !breaker.isMisconfigured)
    #expect(breaker.permits(now: 3000, inFlight: 0, limit: 1))
    for _ in 0..<5 { fail(&breaker, now: 3000) }
    #expect(breaker.nextTime == 4000)
  }

  @Test("One request too many (429) opens it at once")
  func throttledOpens() {
    var breaker = CircuitBreaker()
    fail(&breaker, .endpointThrottles, now: 0, retryAt: 7000, unit: 0)
    #expect(breaker.isOpen)
    #expect(!breaker.permits(now: 6999, inFlight: 0, limit: 1))
    #expect(breaker.permits(now: 7000, inFlight: 0, limit: 1))
  }

  @Test("A time that the server named is followed by a jitter, of at most half the pause or the longest delay")
  func jitterAfterServerTimes() {
    for (pause, unit, wanted) in [(7000, 0, 7000), (7000, 0.5, 8750), (7000, 1, 10_500), (300_000, 1, 330_000)] {
      var breaker = CircuitBreaker()
      fail(&breaker, .endpointThrottles, now: 1000, retryAt: 1000 + Int64(pause), unit: unit)
      #expect(breaker.nextTime == 1000 + Int64(wanted))
    }
    // A time that a straggler was given counts, too.
    var breaker = opened(now: 0)
    fail(&breaker, .endpointThrottles, now: 0, retryAt: 20_000)
    #expect(breaker.nextTime == 30_000 && breaker.openings == 1)
    // Somebody who flushes waits for the server's time and no longer.
    breaker.hurry(now: 300)
    #expect(breaker.nextTime == 20_000)
  }

  @Test("A wrong credential opens it at once, whatever passed before")
  func credential() {
    for var breaker in [CircuitBreaker(), proven()] {
      fail(&breaker, .credential, now: 0)
      #expect(breaker.isOpen && breaker.isMisconfigured)
    }
  }

  @Test("A wrong address opens it at once, but where requests pass it may be a firewall that objects to one event")
  func configuration() {
    var breaker = CircuitBreaker()
    fail(&breaker, .configuration, now: 0)
    #expect(breaker.isOpen && breaker.isMisconfigured)
    breaker = proven()
    for _ in 1...15 { fail(&breaker, .configuration, now: 0) }
    #expect(!breaker.isOpen && !breaker.isMisconfigured)
    fail(&breaker, .configuration, now: 0)
    #expect(breaker.isOpen && breaker.isMisconfigured)
  }

  @Test("A time that the server named holds for closed and open alike, and a later one is not taken back by an earlier one")
  func serverTimes() {
    var breaker = CircuitBreaker()
    fail(&breaker, .endpointThrottles, now: 0, retryAt: 90_000)
    fail(&breaker, .endpointThrottles, now: 10, retryAt: 20_000)
    #expect(!breaker.permits(now: 89_999, inFlight: 0, limit: 1))
    // A straggler's success closes it, but the server's time still holds.
    breaker.succeeded()
    #expect(!breaker.permits(now: 89_999, inFlight: 0, limit: 1))
    #expect(breaker.nextTime == 90_000)
    #expect(breaker.permits(now: 90_000, inFlight: 0, limit: 1))
  }

  @Test("A flush brings the probe forward to now, though not before the server's time")
  func hurries() {
    var breaker = opened(now: 0)
    breaker.hurry(now: 300)
    #expect(breaker.permits(now: 300, inFlight: 0, limit: 1))
    var throttled = CircuitBreaker()
    fail(&throttled, .endpointThrottles, now: 0, retryAt: 5000)
    throttled.hurry(now: 300)
    #expect(!throttled.permits(now: 4999, inFlight: 0, limit: 1))
    #expect(throttled.permits(now: 5000, inFlight: 0, limit: 1))
  }

  @Test("A flush does not send a second probe beside the one under way")
  func hurryKeepsOneProbe() {
    var breaker = opened(now: 0)
    _ = breaker.started()
    breaker.hurry(now: 1200)
    #expect(!breaker.permits(now: 1200, inFlight: 1, limit: 8))
  }

  @Test("A probe that ends without an answer makes way for another at once, and another request's end does not")
  func withdrawn() {
    var breaker = opened(now: 0)
    let probe = breaker.started()
    breaker.ended(probe: nil)
    #expect(!breaker.permits(now: 1000, inFlight: 0, limit: 1))
    breaker.ended(probe: probe)
    #expect(breaker.permits(now: 1000, inFlight: 0, limit: 1))
  }

  @Test("A probe of an earlier outage keeps another one from going, and its failure says nothing about this outage")
  func earlierProbe() {
    var breaker = opened(now: 0)
    let old = breaker.started()
    breaker.succeeded()
    for _ in 0..<5 { fail(&breaker, now: 2000) }
    #expect(breaker.isOpen && !breaker.permits(now: 1_000_000, inFlight: 1, limit: 8))
    fail(&breaker, probe: old, now: 2500)
    #expect(breaker.openings == 1 && breaker.nextTime == 3000)
    #expect(breaker.permits(now: 3000, inFlight: 0, limit: 8))
  }
}
