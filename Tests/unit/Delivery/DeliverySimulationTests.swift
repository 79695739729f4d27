// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TPCCore

/// Random lives of delivery. `TPC_SIMULATION_SEED=n` replays the one that a failure names and prints all that happens in it;
/// `TPC_SIMULATION_RUNS=n` runs the seeds 1 to n instead of the usual ones.
@Suite("Delivery, simulated")
struct DeliverySimulationTests {
  private static let batches = 20

  private static func number(_ variable: String) -> UInt64? {
    ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
  }

  /// The seeds of one batch.
  private static func seeds(_ batch: Int) -> StrideThrough<UInt64> {
    stride(from: UInt64(batch) + 1, through: number("TPC_SIMULATION_RUNS") ?? 1000, by: batches)
  }

  private static func lines(_ life: RandomLife, _ count: Int) -> String {
    "\(life.settings)\n" + life.simulation.log.trace.suffix(count).joined(separator: "\n")
  }

  @Test("Whatever the network does, every event ends once, the books balance and every rule holds", arguments: 0..<batches)
  func randomLives(batch: Int) {
    guard Self.number("TPC_SIMULATION_SEED") == nil else { return replay(batch) }
    var (runs, steps) = (0, 0)
    for seed in Self.seeds(batch) {
      let life = RandomLife(seed: seed)
      life.run()
      (runs, steps) = (runs + 1, steps + life.simulation.steps)
      guard let first = life.simulation.violations.first else { continue }
      Issue.record("TPC_SIMULATION_SEED=\(seed): \(first)\n\(Self.lines(life, 25))")
    }
    // In one piece, since the batches run side by side.
    FileHandle.standardOutput.write(Data("simulated: \(runs) runs, \(steps) steps\n".utf8))
  }

  private func replay(_ batch: Int) {
    guard batch == 0, let seed = Self.number("TPC_SIMULATION_SEED") else { return }
    let life = RandomLife(seed: seed, isTraced: true)
    life.run()
    print(Self.lines(life, Int.max))
    for violation in life.simulation.violations { Issue.record("TPC_SIMULATION_SEED=\(seed): \(violation)") }
  }

  @Test("A seed gives the same life each time, and another seed another one")
  func replays() {
    func fingerprint(_ seed: UInt64) -> UInt64 {
      let life = RandomLife(seed: seed)
      life.run()
      return life.simulation.log.fingerprint
    }
    let first = (0..<20).map { fingerprint($0) }
    #expect(first == (0..<20).map { fingerprint($0) })
    #expect(Set(first).count == 20)
  }

  @Test("The lives are not idle: they deliver, reject, expire, abandon, refuse, retry, probe and lose replies")
  func livesAreVaried() {
    var sum = Statistics()
    var (openings, lostReplies) = (0, 0)
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
      lostReplies += life.simulation.books.lostReplies
    }
    #expect(sum.delivered > 2000 && sum.rejected > 200 && sum.expired > 500 && sum.abandoned > 200)
    #expect(sum.refusedQueueFull > 500 && sum.retries > 500 && sum.oddResponses > 20 && sum.reportsDropped > 100)
    #expect(openings > 200 && lostReplies > 50)
  }
}
