// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TPCCore

/// Random lives of delivery. `TPC_SIMULATION_SEED=n` replays the one that a failure names, `TPC_SIMULATION_RUNS=n` runs that
/// many in place of the usual ones.
@Suite("Delivery, simulated")
struct DeliverySimulationTests {
  private static let batches = 20

  private static func number(_ variable: String) -> UInt64? {
    ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
  }

  /// The seeds of one batch.
  private static func seeds(_ batch: Int) -> [UInt64] {
    if let seed = number("TPC_SIMULATION_SEED") { return batch == 0 ? [seed] : [] }
    let runs = number("TPC_SIMULATION_RUNS") ?? 3000
    return (0..<runs).filter { $0 % UInt64(batches) == UInt64(batch) }
  }

  @Test("Whatever the network does, every event ends once, the books balance and every bound holds", arguments: 0..<batches)
  func randomLives(batch: Int) {
    for seed in Self.seeds(batch) {
      let life = RandomLife(seed: seed)
      life.run()
      guard let first = life.simulation.violations.first else { continue }
      Issue.record(
        """
        TPC_SIMULATION_SEED=\(seed): \(first)
        \(life.settings)
        \(life.simulation.trace.suffix(25).joined(separator: "\n"))
        """)
      return
    }
  }

  @Test("A seed gives the same life each time, and another seed another one")
  func replays() {
    func fingerprint(_ seed: UInt64) -> UInt64 {
      let life = RandomLife(seed: seed)
      life.run()
      return life.simulation.fingerprint
    }
    let first = (0..<20).map { fingerprint($0) }
    #expect(first == (0..<20).map { fingerprint($0) })
    #expect(Set(first).count == 20)
  }

  @Test("The lives are not idle: they deliver, reject, expire, abandon, refuse, retry and probe")
  func livesAreVaried() {
    var sum = Statistics()
    var openings = 0
    for seed in 10_000..<10_200 as Range<UInt64> {
      let life = RandomLife(seed: seed)
      life.run()
      let found = life.simulation.state.statistics
      sum.delivered += found.delivered
      sum.rejected += found.rejected
      sum.expired += found.expired
      sum.abandoned += found.abandoned
      sum.refusedQueueFull += found.refusedQueueFull
      sum.retries += found.retries
      sum.oddResponses += found.oddResponses
      sum.reportsDropped += found.reportsDropped
      openings += life.openings
    }
    #expect(sum.delivered > 2000 && sum.rejected > 500 && sum.expired > 500 && sum.abandoned > 200)
    #expect(sum.refusedQueueFull > 500 && sum.retries > 500 && sum.oddResponses > 20 && sum.reportsDropped > 100)
    #expect(openings > 200)
  }
}

/// One life: settings, a server with moods, and a host that tracks, waits, flushes and closes, all from one seed.
final class RandomLife {
  let settings: DeliverySettings
  let simulation: DeliverySimulation
  /// How often the circuit was seen open after a step.
  private(set) var openings = 0
  private var random: Random
  private let reportCapacity: Int

  /// What the server is like for a while.
  enum Mood: CaseIterable {
    case healthy, slow, odd, failing, throttling, misconfigured, silent, resetting, stale, rejecting, mixed
  }

  init(seed: UInt64) {
    // Seeds that follow one another must not begin alike.
    var random = Random(seed: seed)
    var settings = DeliverySettings()
    settings.maximumEvents = random.pick([1, 5, 50, 300])
    settings.maximumBytes = random.pick([300, 4000, 1 << 20])
    settings.maximumInFlight = random.pick([1, 2, 8, 100])
    settings.maximumConnections = random.pick([1, 8])
    settings.deliveryTimeout = random.pick([500, 10_000, 300_000, 3_600_000])
    settings.retry = random.pick([RetryPolicy(initial: 1, maximum: 10), .init(initial: 500, maximum: 30_000)])
    reportCapacity = random.pick([0, 3, 1_000_000])
    settings.reportCapacity = reportCapacity
    self.settings = settings
    let moods = (0..<40).map { _ in random.pick(Mood.allCases) }
    let length = Int64.random(in: 200...30_000, using: &random)
    let start = Int64.random(in: 0...1_000_000_000, using: &random)
    simulation = DeliverySimulation(settings, seed: random.next(), start: start) { now, random in
      let index = Int((now - start) / length)
      return RandomLife.answer(index < moods.count ? moods[index] : .healthy, &random)
    }
    self.random = random
  }

  private static func answer(_ mood: Mood, _ random: inout Random) -> SimulatedAnswer {
    let quick = Int64.random(in: 0...200, using: &random)
    switch mood {
    case .healthy: return SimulatedAnswer(.answer(200), after: quick)
    case .slow: return SimulatedAnswer(.answer(200), after: Int64.random(in: 0...12_000, using: &random))
    case .odd: return SimulatedAnswer(.answer(200, isOdd: Bool.random(using: &random)), after: quick)
    case .failing: return SimulatedAnswer(.answer(random.pick([500, 502, 503, 504, 408])), after: quick)
    case .throttling:
      let times: [Int64?] = [nil, 0, 1, 1000, 60_000, 300_000]
      return SimulatedAnswer(.answer(random.pick([429, 429, 503]), retryAfter: random.pick(times)), after: quick)
    case .misconfigured: return SimulatedAnswer(.answer(random.pick([302, 401, 403, 404, 407])), after: quick)
    case .silent: return SimulatedAnswer(.noAnswer(), after: DeliverySimulation.requestTimeout)
    case .resetting: return SimulatedAnswer(.noAnswer(), after: quick)
    case .stale: return SimulatedAnswer(.noAnswer(isStale: Bool.random(using: &random)), after: quick)
    case .rejecting: return SimulatedAnswer(.answer(random.pick([400, 413, 422, 501])), after: quick)
    case .mixed:
      let status = random.pick([0, 200, 200, 200, 302, 400, 401, 408, 409, 422, 429, 500, 501, 503, 599])
      var result = RequestResult.answer(status, shouldRetry: random.pick([nil, nil, nil, true, false]))
      if status == 0 { result = .noAnswer(isStale: Bool.random(using: &random)) }
      if status != 0, random.pick([true, false, false]) { result.retryAfter = Int64.random(in: 0...20_000, using: &random) }
      return SimulatedAnswer(result, after: Int64.random(in: 0...1000, using: &random))
    }
  }

  func run() {
    for _ in 0..<Int.random(in: 5...60, using: &random) where simulation.violations.isEmpty { act() }
    guard simulation.violations.isEmpty else { return }
    if random.pick([true, false, false]) {
      simulation.close()
    } else {
      finish()
    }
    simulation.checkReports()
    checkAllReported()
  }

  private func act() {
    switch Int.random(in: 0..<20, using: &random) {
    case 0...7:
      for _ in 0..<random.pick([1, 1, 3, 20, 60]) {
        simulation.track(bytes: Int.random(in: 80...400, using: &random))
      }
    case 8...15: simulation.advance(by: Int64.random(in: 0...random.pick([10, 1000, 20_000, 200_000]), using: &random))
    case 16: simulation.beginFlush()
    case 17: simulation.endFlush()
    case 18: if reportCapacity > 3 { simulation.checkReports() }
    default: simulation.state.connectionIs(multiplexed: Bool.random(using: &random))
    }
    if simulation.state.breaker.isOpen { openings += 1 }
    simulation.checkPending(before: UInt64.random(in: 0...simulation.state.nextSequence, using: &random))
  }

  /// The server gets well, and everything has to end: within the longest time that anything can be put off by (a server's own
  /// word, a minute's wait for a probe, a request's time), with room for events that go one after the other.
  private func finish() {
    simulation.server = { _, _ in SimulatedAnswer(.answer(200), after: 10) }
    let isDone = simulation.drain(limit: RetryAfter.longest + 120_000)
    simulation.expect(isDone, "\(simulation.state.statistics.pending) events still wait on a healthy server")
  }

  private func checkAllReported() {
    let found = simulation.state.statistics
    let ended = found.accepted - found.pending
    let (taken, dropped) = (simulation.events.count { $0.reported != nil }, found.reportsDropped)
    let wanted = reportCapacity == 0 ? 0 : ended
    simulation.expect(UInt64(taken) + dropped == wanted, "\(ended) events ended; \(taken) reports and \(dropped) dropped")
    if reportCapacity > 3 { simulation.expect(dropped == 0, "reports were dropped though there was room") }
  }
}

extension Random {
  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int.random(in: 0..<choices.count, using: &self)] }
}
