// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// Single courses of a spool's life that the random ones seldom take.
@Suite("The spool, in single courses")
struct SpoolScenarioTests {
  private func simulation(seed: UInt64 = 1, _ change: (inout SpoolSettings) -> Void = { _ in }) -> SpoolSimulation {
    var settings = DeliverySettings()
    (settings.reportCapacity, settings.reportsAdopted) = (1_000_000, true)
    var spooling = SpoolSettings()
    change(&spooling)
    let simulation = SpoolSimulation(settings, spooling, seed: seed)
    simulation.trace()
    return simulation
  }

  @Test("A full segment whose events were all delivered is begun anew, again and again, with another salt each time")
  func rounds() {
    let simulation = simulation()
    simulation.machine.limit = SpoolSettings.leastLimit
    let process = simulation.start()
    for _ in 0..<200 {
      simulation.track(process, bytes: 1500)
      simulation.advance(by: 5_000)
    }
    let log = simulation.log.trace
    #expect(log.count { $0.hasSuffix("begins a round") } > 3 && log.count { $0.contains("makes segment") } == 1)
    simulation.finish(drains: false)
    #expect(simulation.violations == [])
  }

  @Test("A disk that fails every other read delays what is taken over, and loses nothing of it")
  func failingReads() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let simulation = simulation(seed: seed)
      let first = simulation.start()
      for _ in 0..<20 { simulation.track(first, bytes: 300) }
      simulation.kill(first)
      simulation.machine.faults.read = 500
      let second = simulation.start()
      for _ in 0..<10 {
        simulation.track(second, bytes: 100)
        simulation.advance(by: 20_000)
      }
      simulation.finish(drains: true)
      #expect(simulation.violations == [])
    }
  }

  @Test("Nobody writes to a file that another process removed between its making and its lock")
  func namelessFiles() {
    for seed in 1...40 as ClosedRange<UInt64> {
      let simulation = simulation(seed: seed) { $0.sender = seed % 2 == 0 ? .shared : .own }
      simulation.chaos.others = 150_000
      for _ in 0..<15 where simulation.violations.isEmpty {
        for _ in 0..<2 { simulation.track(simulation.start(), bytes: 100) }
        simulation.advance(by: 6_000)
        for process in simulation.running.dropFirst(2) { simulation.close(process, timeout: 100) }
      }
      simulation.finish(drains: true)
      #expect(simulation.violations == [])
    }
  }
}
