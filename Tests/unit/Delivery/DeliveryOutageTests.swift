// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Delivery state, in an outage")
struct DeliveryOutageTests {
  @Test("After an outage the server is treated like a new one: the probe is followed by two requests at once, not by all")
  func restarts() {
    var state = deliveryState()
    state.connectionIs(multiplexed: true)
    for index in 0..<400 { _ = state.take("\(index)", now: 0) }
    for _ in 0..<150 {
      if let next = state.next(now: 0) { state.finish(next.number, .answer(200), OutcomeDetails(), now: 0) }
    }
    if let next = state.next(now: 0) { state.finish(next.number, .answer(429), OutcomeDetails(), now: 0) }
    if let probe = state.next(now: 1000) { state.finish(probe.number, .answer(200), OutcomeDetails(), now: 1000) }
    var count = 0
    while state.next(now: 1000) != nil { count += 1 }
    #expect(count == 2)
  }

  @Test("A new event in an outage goes out as the next probe, and is not held up by an older one's longer delay")
  func newEventInAnOutage() {
    var state = deliveryState()
    _ = state.take("old", now: 0)
    var now: Int64 = 0
    for _ in 0..<CircuitBreaker.untriedAllowance {
      if let next = state.next(now: now) { state.finish(next.number, .answer(503), OutcomeDetails(), now: now) }
      if let due = state.nextTime(now: now), !state.breaker.isOpen { now = due }
    }
    let probeAt = state.breaker.nextTime ?? 0
    let (wakesAt, isWoken) = (state.nextTime(now: now) ?? 0, state.wantsWaking(now: now))
    #expect(probeAt > now)
    #expect(isWoken || wakesAt <= probeAt, "the sender sleeps \(wakesAt - probeAt) ms past the probe's time")
  }

  @Test("While the circuit is open, the sender has nothing to do before the next probe, whatever else is due")
  func sleepsToTheProbe() {
    var state = deliveryState()
    for number in 0...CircuitBreaker.untriedAllowance { _ = state.take("event-\(number)", now: 0) }
    for _ in 0..<CircuitBreaker.untriedAllowance {
      guard let next = state.next(now: 0) else { return fail("nothing was sent") }
      state.finish(next.number, .noAnswer(), OutcomeDetails(), now: 0)
    }
    let (wakesAt, probeAt) = (state.nextTime(now: 0) ?? 0, state.breaker.nextTime ?? 0)
    #expect(wakesAt == probeAt && probeAt > 0)
  }

  @Test("While the circuit is open no second probe goes out beside the first, though it closed and opened in between")
  func oneProbe() {
    var state = deliveryState()
    for index in 0..<20 { _ = state.take("\(index)", now: 0) }
    for _ in 0..<5 {
      if let next = state.next(now: 0) { state.finish(next.number, .answer(200), OutcomeDetails(), now: 0) }
    }
    let requests = (0..<3).compactMap { _ in state.next(now: 0)?.number }
    state.finish(requests[0], .answer(429), OutcomeDetails(), now: 0)
    let probe = state.next(now: 600)
    #expect(probe != nil)
    state.finish(requests[1], .answer(200), OutcomeDetails(), now: 601)
    state.finish(requests[2], .answer(429), OutcomeDetails(), now: 602)
    let (isOpen, second) = (state.breaker.isOpen, state.next(now: 5000))
    #expect(isOpen && second == nil)
    if let probe { state.finish(probe.number, .answer(200), OutcomeDetails(), now: 5001) }
    #expect(state.next(now: 5001) != nil)
  }

  /// The waits between probes of a server that always says 401.
  private func misconfiguredWaits(_ state: inout DeliveryState) -> [Int64] {
    _ = state.take("a", now: 0)
    var now: Int64 = 0
    return (0..<12).map { _ in
      guard let next = state.next(now: now) else { return -1 }
      state.finish(next.number, .answer(401), OutcomeDetails(), now: now)
      let due = state.nextTime(now: now) ?? Int64.max
      defer { now = due }
      return due - now
    }
  }

  @Test("A wrong configuration is probed at growing intervals up to a minute, however short the longest retry is")
  func misconfiguration() {
    var state = deliveryState {
      $0.deliveryTimeoutMilliseconds = 3_600_000
      $0.retry = RetryPolicy(initialMilliseconds: 500, maximumMilliseconds: 1000)
    }
    let waits = misconfiguredWaits(&state)
    for (index, wait) in waits.enumerated() {
      let full = min(60_000, Int64(500) << Int64(index))
      #expect(wait >= full / 2 && wait <= full, "wait \(index)")
    }
  }

  @Test("While a flush waits, a wrong configuration is probed as often as any other outage")
  func hurriedMisconfiguration() {
    var state = deliveryState()
    state.isHurried = true
    #expect(misconfiguredWaits(&state).allSatisfy { $0 > 0 && $0 <= DeliveryState.hurriedDelayMilliseconds })
  }

  @Test("A server that asks for less is left alone, though it refused the event permanently")
  func rejectedAndThrottled() {
    var state = deliveryState()
    for id in ["a", "b"] { _ = state.take(id, now: 0) }
    if let next = state.next(now: 0) {
      state.finish(next.number, .answer(429, retryAfter: 60_000, shouldRetry: false), OutcomeDetails(), now: 0)
    }
    let rejected = state.statistics.rejected
    #expect(rejected == 1)
    #expect(state.next(now: 59_999) == nil)
    // The jitter after the server's time is at most half of it or the longest delay.
    #expect(state.next(now: 90_000) != nil)
  }
}
