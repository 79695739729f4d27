// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// One life: settings, a server with moods, and a host that tracks, waits, flushes and closes, all from one seed.
final class RandomLife {
  let settings: DeliverySettings
  let simulation: DeliverySimulation
  /// How often the circuit was seen open after a step.
  private(set) var openings = 0
  private var random: Random
  private var server: SimulatedServer

  /// With `isTraced` all that happens is kept, rather than the last of it.
  init(seed: UInt64, isTraced: Bool = false) {
    // Seeds that follow one another must not begin alike.
    var random = Random(seed: seed)
    var settings = DeliverySettings()
    settings.maximumEvents = random.pick([1, 5, 50, 300])
    settings.maximumBytes = random.pick([1024, 4000, 1 << 20])
    settings.maximumInFlight = random.pick([1, 2, 8, 100, Int.random(in: 1...1000, using: &random)])
    settings.maximumConnections = random.pick([1, 8, Int.random(in: 1...100, using: &random)])
    settings.deliveryTimeoutMilliseconds = random.pick([1, 500, 10_000, 300_000, 3_600_000, Int64.random(in: 1...604_800_000, using: &random)])
    let initial = random.pick([1, 500, Int64.random(in: 1...600_000, using: &random)])
    settings.retry = RetryPolicy(
      initialMilliseconds: initial, maximumMilliseconds: random.pick([1, 10, 30_000, Int64.random(in: 1...600_000, using: &random)]))
    settings.reportCapacity = random.pick([0, 3, 1_000_000])
    self.settings = settings
    let start = Int64.random(in: 0...1_000_000_000, using: &random)
    server = SimulatedServer(start: start, &random)
    simulation = DeliverySimulation(settings, seed: random.next(), start: start, server: SimulatedServer.well)
    if isTraced { simulation.trace() }
    simulation.coarseness = random.pick([1, 4, DeliveryBooks.coarsestTick])
    if random.pick([true, false, false]) {
      for sequence in 0..<500 where random.pick([true, false, false, false]) {
        simulation.poison[sequence] = .answer(random.pick([403, 500, 503]))
      }
    }
    self.random = random
    simulation.server = { [unowned self] now, random in self.server.answer(now, &random) }
  }

  func run() {
    for _ in 0..<Int.random(in: 5...60, using: &random) where simulation.violations.isEmpty { act() }
    guard simulation.violations.isEmpty else { return }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: simulation.close()
    case 1: simulation.close(timeout: Int64.random(in: 1...20_000, using: &random))
    default: finish()
    }
    simulation.checkReports()
    checkAllReported()
    simulation.expect(server.misread == nil, server.misread ?? "")
  }

  private func act() {
    switch Int.random(in: 0..<22, using: &random) {
    case 0...7:
      for _ in 0..<random.pick([1, 1, 3, 20, 60]) {
        simulation.track(bytes: Int.random(in: 80...400, using: &random))
      }
    case 8...15: simulation.advance(by: Int64.random(in: 0...random.pick([10, 1000, 20_000, 200_000]), using: &random))
    case 16: simulation.beginFlush()
    case 17: simulation.beginFlush(timeout: Int64.random(in: 0...30_000, using: &random))
    case 18: simulation.endFlush()
    case 19: if settings.reportCapacity > 3 { simulation.checkReports() }
    case 20: simulation.stall(by: Int64.random(in: 0...random.pick([100, 30_000, 7_200_000]), using: &random))
    default: simulation.connectionIs(multiplexed: random.pick([true, false]))
    }
    if simulation.state.breaker.isOpen { openings += 1 }
  }

  /// The server gets well, and everything has to end: within the longest time that anything can be put off by (a server's own
  /// word and the jitter on it, the longest delay, a request's time), with room for events that go one after the other.
  private func finish() {
    simulation.poison = [:]
    simulation.server = SimulatedServer.well
    let longest = RetryAfter.longestMilliseconds + max(DeliveryState.misconfiguredDelayMilliseconds, settings.retry.maximumMilliseconds)
    let isDone = simulation.drain(limit: longest + 60_000)
    simulation.expect(isDone, "\(simulation.state.statistics.pending) events still wait on a healthy server")
  }

  private func checkAllReported() {
    let found = simulation.state.statistics
    let ended = found.accepted - found.pending
    let (taken, dropped) = (simulation.events.count { $0.reported != nil }, found.reportsDropped)
    let wanted = settings.reportCapacity == 0 ? 0 : ended
    simulation.expect(UInt64(taken) + dropped == wanted, "\(ended) events ended; \(taken) reports and \(dropped) dropped")
    if settings.reportCapacity > 3 { simulation.expect(dropped == 0, "reports were dropped though there was room") }
  }
}

extension Random {
  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int.random(in: 0..<choices.count, using: &self)] }
}
