// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// One life of a folder: settings, faults, and hosts that start, track, stop, close and get killed, all from one seed.
final class RandomSpoolLife {
  let simulation: SpoolSimulation
  private var random: Random
  private let most: Int
  private let isFullAtTimes: Bool
  private let largest: Int

  /// With `isTraced` all that happens is kept, rather than the last of it.
  init(seed: UInt64, isTraced: Bool = false) {
    var random = Random(seed: seed)
    var settings = DeliverySettings()
    settings.maximumEvents = random.pick([4, 20, 200, 10_000])
    settings.maximumBytes = random.pick([10_000, 100_000, 16 << 20])
    settings.maximumInFlight = random.pick([1, 8, 100])
    settings.retry = RetryPolicy(initialMilliseconds: 500, maximumMilliseconds: random.pick([1000, 30_000]))
    settings.reportCapacity = 1_000_000
    settings.reportsAdopted = true
    settings.spoolMaxAgeMilliseconds = random.pick([20_000, 3_600_000, 86_400_000, 86_400_000])
    var spooling = SpoolSettings()
    spooling.slots = random.pick([1, 2, 5, 256])
    spooling.maximumAgeMilliseconds = settings.spoolMaxAgeMilliseconds
    spooling.sync = random.pick([.none, .none, .interval, .always])
    spooling.sender = random.pick([.own, .own, .shared, .shared, .never])
    simulation = SpoolSimulation(settings, spooling, seed: random.next())
    if isTraced { simulation.trace() }
    most = random.pick([1, 2, 3, 5])
    largest = random.pick([200, 300, 1500, 1500])
    isFullAtTimes = random.pick([true, false, false, false])
    simulation.machine.limit = random.pick([SpoolSettings.leastLimit, SpoolSettings.leastLimit, SpoolPlace.segmentBytes])
    simulation.chaos.kills = random.pick([0, 0, 500, 3000])
    simulation.chaos.others = random.pick([0, 3000, 20_000])
    simulation.chaos.powerLosses = random.pick([0, 0, 0, 500])
    simulation.endpoint.rejects = random.pick([0, 0, 7])
    simulation.endpoint.fails = random.pick([0, 0, 11])
    simulation.machine.faults.needsRoomInPlace = random.pick([true, false])
    if random.pick([true, false]) {
      let rate = random.pick([1, 10, 100])
      let isChosen = (0..<8).map { _ in random.pick([true, false, false]) }
      func rates(_ index: Int) -> Int { isChosen[index] ? rate : 0 }
      let faults = (0..<8).map { rates($0) }
      simulation.machine.faults = DiskFaults(
        write: faults[0], note: faults[1], read: faults[2], open: faults[3], lock: faults[4], remove: faults[5], sync: faults[6], slow: faults[7] / 10,
        needsRoomInPlace: simulation.machine.faults.needsRoomInPlace)
    }
    self.random = random
  }

  func run() {
    _ = simulation.start()
    for _ in 0..<Int.random(in: 5...50, using: &random) where simulation.violations.isEmpty { act() }
    guard simulation.violations.isEmpty else { return }
    simulation.finish(drains: random.pick([true, false]))
  }

  private func act() {
    let one = simulation.running.randomElement(using: &random)
    switch Int.random(in: 0..<34, using: &random) {
    case 0...10:
      guard let one else { return _ = simulation.start() }
      for _ in 0..<random.pick([1, 1, 3, 20, 60, 150]) { simulation.track(one, bytes: Int.random(in: 80...largest, using: &random)) }
    case 11...19: simulation.advance(by: Int64.random(in: 0...random.pick([10, 1000, 20_000, 100_000]), using: &random))
    case 20, 21: if simulation.running.count < most { _ = simulation.start() }
    case 22: if let one { simulation.close(one, timeout: random.pick([0, 0, 1000, 20_000])) }
    case 23, 24: if let one, simulation.chaos.kills > 0 { simulation.kill(one) }
    case 25: if let one { simulation.stop(one, for: Int64.random(in: 0...random.pick([100, 20_000]), using: &random)) }
    case 26, 27, 28: simulation.endpoint.mood = random.pick(SpoolEndpoint.Mood.allCases + [.well, .well, .well])
    case 29: if isFullAtTimes { simulation.machine.faults.isFull.toggle() }
    case 30: if random.pick([true, false, false]) { simulation.setWall(by: Int64.random(in: -90_000_000...90_000_000, using: &random)) }
    case 31: if random.pick([true, false, false, false]) { simulation.boot() }
    case 32: if simulation.chaos.powerLosses > 0 { simulation.losePower() }
    default: if random.pick([true, false, false, false]) { simulation.clean() }
    }
  }
}
