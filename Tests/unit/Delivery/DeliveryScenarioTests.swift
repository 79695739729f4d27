// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// Outages as they happen, over many seeds of the jitter.
@Suite("Delivery through outages")
struct DeliveryScenarioTests {
  private static let start: Int64 = 5_000_000

  /// A life with a server that answers with `result` for `duration` milliseconds, then well.
  private func life(
    seed: UInt64, _ duration: Int64, _ result: RequestResult, events: Int = 200,
    _ change: (inout DeliverySettings) -> Void = { _ in }
  ) -> DeliverySimulation {
    var settings = DeliverySettings()
    settings.reportCapacity = 10_000
    change(&settings)
    let life = DeliverySimulation(settings, seed: seed, start: Self.start) { now, _ in
      SimulatedAnswer(now - Self.start < duration ? result : .answer(200), after: 5)
    }
    for _ in 0..<events { life.track() }
    return life
  }

  /// Holds that all is well and all was delivered, each event once.
  private func expectDelivered(_ life: DeliverySimulation, _ seed: UInt64, within: Int64) {
    let isDone = life.drain(limit: within)
    life.checkReports()
    let found = life.state.statistics
    #expect(life.violations == [], "seed \(seed)")
    #expect(isDone && Int(found.delivered) == life.events.count, "seed \(seed): \(found)")
    #expect(life.events.allSatisfy { $0.reported == .delivered }, "seed \(seed)")
  }

  @Test(
    "40 s of 503s or of refused connections cost 200 events at most 40 failed requests, and all are delivered",
    arguments: [RequestResult.answer(503), .noAnswer()], [false, true])
  func fortySeconds(result: RequestResult, isFlushing: Bool) {
    for seed in 0..<100 as Range<UInt64> {
      let life = life(seed: seed, 40_000, result)
      if isFlushing { life.beginFlush() }
      // A probe may just have failed when the server gets well.
      expectDelivered(life, seed, within: 75_000)
      let failed = life.state.statistics.failedRequests
      #expect(failed <= 40, "seed \(seed)")
    }
  }

  @Test("A flush every few seconds of an outage costs one more request each time")
  func repeatedFlushes() {
    for seed in 0..<50 as Range<UInt64> {
      let life = life(seed: seed, 40_000, .answer(503))
      for _ in 0..<10 {
        life.beginFlush()
        life.advance(by: 1000)
        life.endFlush()
        life.advance(by: 3000)
      }
      let failed = life.state.statistics.failedRequests
      #expect(failed <= 40, "seed \(seed)")
      expectDelivered(life, seed, within: 75_000)
    }
  }

  @Test("A wrong key for a minute loses nothing", arguments: [401, 403, 404])
  func wrongKey(status: Int) {
    for seed in 0..<50 as Range<UInt64> {
      let life = life(seed: seed, 60_000, .answer(status))
      expectDelivered(life, seed, within: 125_000)
      let failed = life.state.statistics.failedRequests
      #expect(failed <= 12, "seed \(seed)")
    }
  }

  @Test("An outage of an hour loses nothing when there is time, and costs the same for 10 events as for 2,000")
  func anHour() {
    for seed in 0..<10 as Range<UInt64> {
      for events in [10, 2000] {
        let life = life(seed: seed, 3_600_000, .answer(503), events: events) { $0.deliveryTimeoutMilliseconds = 7_200_000 }
        expectDelivered(life, seed, within: 3_680_000)
        // A probe every 15 to 30 seconds, and the few of the beginning.
        let failed = life.state.statistics.failedRequests
        #expect(failed <= 3600 / 15 + 12, "seed \(seed), \(events) events")
      }
    }
  }

  @Test("An outage longer than the time to deliver expires every event at its time")
  func tooLong() {
    let life = life(seed: 1, Int64.max, .answer(503), events: 50)
    life.advance(by: 299_999)
    let early = life.state.statistics
    #expect(early.expired == 0 && early.pending == 50)
    life.advance(by: 10)
    life.checkReports()
    let found = life.state.statistics
    #expect(life.violations == [])
    #expect(found.expired == 50 && found.pending == 0 && found.isBalanced)
  }

  @Test(
    "Events that always make the server fail do not keep the others from it, whether five in a row or every sixth of many",
    arguments: [Array(1...5), Array(stride(from: 1, to: 200, by: 6))], [500, 403])
  func poisonousEvents(poison: [Int], status: Int) {
    for seed in 0..<50 as Range<UInt64> {
      let life = life(seed: seed, 0, .answer(200), events: 200)
      for sequence in poison { life.poison[sequence] = .answer(status) }
      life.advance(by: 60_000)
      let delivered = life.state.statistics.delivered
      #expect(Int(delivered) == 200 - poison.count, "seed \(seed)")
      life.advance(by: 300_000)
      let found = life.state.statistics
      #expect(life.violations == [] && Int(found.expired) == poison.count && found.pending == 0, "seed \(seed): \(found)")
    }
  }

  @Test("A Retry-After pauses all events for its time, and one request follows it")
  func retryAfter() {
    for seed in 0..<50 as Range<UInt64> {
      let life = life(seed: seed, 1000, .answer(429, retryAfter: 30_000))
      life.advance(by: 29_999)
      life.beginFlush()
      let early = life.state.statistics.requests
      #expect(early == 1)
      expectDelivered(life, seed, within: 20_000)
    }
  }

  @Test("Stale connections cost one request each and no time")
  func staleConnections() {
    let life = life(seed: 1, 1, .noAnswer(isStale: true), events: 8)
    expectDelivered(life, 1, within: 1000)
    let found = life.state.statistics
    #expect(found.failedRequests == 1 && found.requests == 9)
  }

  @Test("1,000 events through a round trip of 50 ms are delivered within 1.5 s when requests share a connection")
  func roundTrip() {
    var settings = DeliverySettings()
    settings.reportCapacity = 1000
    let life = DeliverySimulation(settings, seed: 1) { _, _ in SimulatedAnswer(.answer(200), after: 50) }
    life.connectionIs(multiplexed: true)
    for _ in 0..<1000 { life.track() }
    expectDelivered(life, 1, within: 1500)
  }

  @Test("A server that is out for a minute of every hour, for thirty days, loses nothing")
  func thirtyDays() {
    var settings = DeliverySettings()
    settings.reportCapacity = 10_000
    let life = DeliverySimulation(settings, seed: 9, start: Self.start) { now, _ in
      let isOut = (now - Self.start) % 3_600_000 < 60_000
      return SimulatedAnswer(isOut ? .answer(503) : .answer(200), after: 20)
    }
    for _ in 0..<(30 * 24 * 6) {
      life.track()
      life.advance(by: 600_000)
    }
    expectDelivered(life, 9, within: 600_000)
    #expect(life.events.count == 4320)
  }
}
