// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// The laws of goodput: what becomes of a steady stream of events, through whole lives. C is what the endpoint can answer in a
/// second, L what the host tracks.
@Suite("Goodput")
struct DeliveryGoodputTests {
  private typealias Answer = (_ time: Int64, _ random: inout Random) -> SimulatedAnswer

  /// A life at a server whose time begins at 0.
  private func life(
    seed: UInt64 = 1, _ change: (inout DeliverySettings) -> Void = { _ in }, server: @escaping Answer
  ) -> DeliverySimulation {
    var settings = DeliverySettings()
    change(&settings)
    let start: Int64 = 1_000_000
    return DeliverySimulation(settings, seed: seed, start: start) { now, random in server(now - start, &random) }
  }

  /// Tracks `rate` events a second, and returns how many were delivered in that time.
  @discardableResult
  private func stream(_ life: DeliverySimulation, rate: Int, seconds: Int) -> Int {
    let before = life.state.statistics.delivered
    for _ in 0..<seconds {
      for index in 0..<rate where life.violations.isEmpty {
        life.track()
        // Whole milliseconds that add up to a second.
        life.advance(by: Int64((index + 1) * 1000 / rate - index * 1000 / rate))
      }
    }
    #expect(life.violations == [])
    return Int(life.state.statistics.delivered - before)
  }

  private static func quick(_ time: Int64, _ random: inout Random) -> SimulatedAnswer { SimulatedAnswer(.answer(200), after: 50) }

  @Test(
    "Once warm, 0.9 min(C, L) is delivered and nothing expires, below, at and beyond the capacity of the connections",
    arguments: [1, 8], [0.5, 1, 2])
  func capacity(connections: Int, load: Double) {
    let life = life({
      $0.maximumConnections = connections
      $0.deliveryTimeoutMilliseconds = 8000
    }, server: Self.quick)
    let capacity = Double(20 * connections)
    let rate = Int(load * capacity)
    stream(life, rate: rate, seconds: 5)
    let delivered = stream(life, rate: rate, seconds: 20)
    #expect(Double(delivered) >= 0.9 * 20 * min(capacity, Double(rate)))
    let expired = life.state.statistics.expired
    #expect(expired == 0)
  }

  @Test("A server that lets all streams of a connection wait in one queue is used to capacity as well", arguments: [0.5, 1, 2])
  func queueingServer(load: Double) {
    // It takes requests that nobody waits for any longer, too: what they cost is lost.
    var server = FleetServer(capacity: 200, outage: 0..<0, patience: 60_000) { _ in .answer(503) }
    let life = life({
      $0.maximumInFlight = 1000
      $0.deliveryTimeoutMilliseconds = 8000
    }) { time, _ in server.answer(time) }
    life.connectionIs(multiplexed: true)
    let rate = Int(load * 200)
    stream(life, rate: rate, seconds: 20)
    let delivered = stream(life, rate: rate, seconds: 20)
    #expect(Double(delivered) >= 0.9 * 20 * min(200, Double(rate)))
  }

  @Test(
    "After an outage of any length the stream is delivered again within the longest probe pause",
    arguments: [(12, 8), (90, 8), (20, 40), (200, 40)], [RequestResult.answer(503), .noAnswer(), .silence, .answer(404)])
  func comesBack(times: (outage: Int, deliveryTimeoutMilliseconds: Int), result: RequestResult) {
    let (before, outage) = (20, times.outage)
    for seed in 1...2 as ClosedRange<UInt64> {
      let life = life(seed: seed, {
        $0.deliveryTimeoutMilliseconds = Int64(times.deliveryTimeoutMilliseconds) * 1000
        $0.retry = RetryPolicy(initialMilliseconds: 500, maximumMilliseconds: 10_000)
      }) { time, _ in
        let isOut = time >= Int64(before) * 1000 && time < Int64(before + outage) * 1000
        return SimulatedAnswer(isOut ? result : .answer(200), after: isOut && result.isSilent ? 10_000 : 50)
      }
      stream(life, rate: 5, seconds: before + outage)
      // A probe may have gone out just before; of a wrong address they come up to a minute apart.
      let pause = (result.httpStatus == 404 ? 60 : 10) + (result.isSilent ? 10 : 0)
      stream(life, rate: 5, seconds: pause + 2)
      let delivered = stream(life, rate: 5, seconds: 40)
      #expect(delivered >= 36 * 5, "\(outage) s, seed \(seed)")
      let (pending, expired) = (life.state.statistics.pending, life.state.statistics.expired)
      #expect(outage < times.deliveryTimeoutMilliseconds ? expired == 0 : expired > 0)
      #expect(pending <= 1500)
    }
  }

  @Test(
    "With one event in five or every second one poisoned, the others keep nine tenths of theirs",
    arguments: [(5, 40), (2, 40), (2, 140)], [RequestResult.answer(500), .answer(403), .noAnswer()])
  func poisoned(every: (one: Int, rate: Int), result: RequestResult) {
    let life = life({ $0.deliveryTimeoutMilliseconds = 15_000 }, server: Self.quick)
    for sequence in stride(from: 0, to: 100_000, by: every.one) { life.poison[sequence] = result }
    stream(life, rate: every.rate, seconds: 10)
    let delivered = stream(life, rate: every.rate, seconds: 40)
    let others = Double(every.rate * 40 * (every.one - 1)) / Double(every.one)
    #expect(Double(delivered) >= 0.9 * others)
  }

  @Test("Poisoned events cost the others at most a tenth where there is no capacity to spare")
  func poisonedAtCapacity() {
    let life = life({
      $0.maximumConnections = 1
      $0.deliveryTimeoutMilliseconds = 20_000
    }, server: Self.quick)
    for sequence in stride(from: 0, to: 100_000, by: 2) { life.poison[sequence] = .answer(500) }
    stream(life, rate: 30, seconds: 30)
    let delivered = stream(life, rate: 30, seconds: 60)
    // 20 answers a second, half of them to events that pass.
    #expect(Double(delivered) >= 0.9 * 60 * 10)
  }

  @Test("Where one request in three dies at random, the law holds for what is answered", arguments: [0.5, 1, 2])
  func randomDeath(load: Double) {
    for result in [.answer(500), .noAnswer(), .answer(503)] as [RequestResult] {
      let life = life { _, random in
        SimulatedAnswer(Int.random(in: 0..<3, using: &random) == 0 ? result : .answer(200), after: 50)
      }
      let capacity = 160.0 * 2 / 3
      let rate = Int(load * capacity)
      stream(life, rate: rate, seconds: 10)
      let delivered = stream(life, rate: rate, seconds: 20)
      #expect(Double(delivered) >= 0.9 * 20 * min(capacity, Double(rate)))
      let expired = life.state.statistics.expired
      #expect(expired == 0)
    }
  }

  @Test("Of 100 events whose first two replies are lost, 100 are delivered within 50 s")
  func lostReplies() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let life = life(seed: seed, { $0.retry = RetryPolicy(initialMilliseconds: 50, maximumMilliseconds: 30_000) }, server: Self.quick)
      life.repliesLost = 2
      for _ in 0..<100 { life.track() }
      let isDone = life.drain(limit: 50_000)
      let delivered = life.state.statistics.delivered
      #expect(isDone && delivered == 100 && life.violations == [], "seed \(seed): \(delivered)")
    }
  }

  @Test("An endpoint that is always slow is sent as many requests at once as the connections carry", arguments: [2600, 4000] as [Int64])
  func slowEndpoint(time: Int64) {
    let life = life { _, _ in SimulatedAnswer(.answer(200), after: time) }
    stream(life, rate: 5, seconds: 60)
    let delivered = stream(life, rate: 5, seconds: 40)
    #expect(Double(delivered) >= 0.9 * 40 * 8000 / Double(time))
  }

  @Test("An endpoint that sheds load is not sent more requests the more it refuses")
  func sheddingLoad() {
    var (second, taken) = (Int64(0), 0)
    let life = life { time, _ in
      if time / 1000 != second { (second, taken) = (time / 1000, 0) }
      taken += 1
      return SimulatedAnswer(.answer(taken <= 50 ? 200 : 503), after: 5)
    }
    stream(life, rate: 100, seconds: 20)
    let before = life.state.statistics.requests
    let delivered = stream(life, rate: 100, seconds: 20)
    let requests = life.state.statistics.requests - before
    #expect(delivered >= 18 * 50)
    // New events, three retries for each that passes, and ten a second.
    #expect(requests <= 20 * (100 + 3 * 50 + 10))
  }

  @Test("A few events that get no answer do not keep the others from being sent")
  func silentEvents() {
    let life = life(server: Self.quick)
    for sequence in stride(from: 7, to: 10_000, by: 100) { life.poison[sequence] = .silence }
    stream(life, rate: 20, seconds: 60)
    let delivered = stream(life, rate: 20, seconds: 60)
    #expect(Double(delivered) >= 0.95 * 60 * 20 * 0.99)
  }

  @Test("Poisoned events that come in a row cost the others no more than scattered ones", arguments: [.answer(500), .noAnswer()] as [RequestResult])
  func poisonInARow(result: RequestResult) {
    let life = life({ $0.deliveryTimeoutMilliseconds = 30_000 }, server: Self.quick)
    for first in stride(from: 100, to: 10_000, by: 200) {
      for sequence in first..<first + 40 { life.poison[sequence] = result }
    }
    stream(life, rate: 40, seconds: 10)
    let delivered = stream(life, rate: 40, seconds: 50)
    #expect(Double(delivered) >= 0.9 * 50 * 40 * 0.8)
  }

  @Test("A server that fails each event's first request delivers the stream all the same")
  func firstRequests() {
    let life = life { _, _ in SimulatedAnswer(.answer(200), after: 5) }
    life.repliesLost = 1
    stream(life, rate: 20, seconds: 10)
    let delivered = stream(life, rate: 20, seconds: 40)
    #expect(delivered >= 18 * 40)
  }

  @Test("An outage costs a sender that was warm no more than 40 failed requests either")
  func warmOutage() {
    for seed in 1...5 as ClosedRange<UInt64> {
      let life = life(seed: seed) { time, _ in
        SimulatedAnswer(time >= 60_000 && time < 100_000 ? .answer(503) : .answer(200), after: 20)
      }
      stream(life, rate: 50, seconds: 60)
      stream(life, rate: 5, seconds: 40)
      let failed = life.state.statistics.failedRequests
      #expect(failed <= 40, "seed \(seed)")
      #expect(life.drain(limit: 60_000))
    }
  }

  @Test("Time in which the process did not run does not count: nothing expires that could not be sent")
  func freeze() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let life = life(seed: seed, { $0.deliveryTimeoutMilliseconds = 2000 }, server: Self.quick)
      for _ in 0..<101 { life.track() }
      life.stall(by: 30_000)
      let isDone = life.drain(limit: 10_000)
      let found = life.state.statistics
      #expect(isDone && found.delivered == 101 && life.violations == [], "seed \(seed): \(found)")
    }
  }
}
