// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TPCCore

/// Random lives of a spool. `TPC_SPOOL_SEED=n` replays the one that a failure names and prints all that happens in it;
/// `TPC_SPOOL_RUNS=n` runs the seeds 1 to n instead of the usual ones.
@Suite("The spool, simulated")
struct SpoolSimulationTests {
  private static let batches = 10

  private static func number(_ variable: String) -> UInt64? {
    ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
  }

  private static func lines(_ life: RandomSpoolLife, _ count: Int) -> String {
    "\(life.simulation.settings)\n\(life.simulation.spooling)\n" + life.simulation.log.trace.suffix(count).joined(separator: "\n")
  }

  @Test("Whatever befalls processes and disk, every event has its end, none has it twice without a reason, and no file is left", arguments: 0..<batches)
  func spoolLives(batch: Int) {
    guard Self.number("TPC_SPOOL_SEED") == nil else { return replay(batch) }
    var (runs, calls) = (0, 0)
    for seed in stride(from: UInt64(batch) + 1, through: Self.number("TPC_SPOOL_RUNS") ?? 200, by: Self.batches) {
      let life = RandomSpoolLife(seed: seed)
      life.run()
      (runs, calls) = (runs + 1, calls + life.simulation.machine.calls)
      guard let first = life.simulation.violations.first else { continue }
      Issue.record("TPC_SPOOL_SEED=\(seed): \(first)\n\(Self.lines(life, 25))")
    }
    // In one piece, since the batches run side by side.
    FileHandle.standardOutput.write(Data("simulated: \(runs) runs, \(calls) steps\n".utf8))
  }

  private func replay(_ batch: Int) {
    guard batch == 0, let seed = Self.number("TPC_SPOOL_SEED") else { return }
    let life = RandomSpoolLife(seed: seed, isTraced: true)
    life.run()
    print(Self.lines(life, Int.max))
    for violation in life.simulation.violations { Issue.record("TPC_SPOOL_SEED=\(seed): \(violation)") }
  }

  @Test("A seed gives the same life each time, and another seed another one")
  func replays() {
    func fingerprint(_ seed: UInt64) -> UInt64 {
      let life = RandomSpoolLife(seed: seed)
      life.run()
      return life.simulation.log.fingerprint
    }
    let first = (20_001...20_010).map { fingerprint($0) }
    #expect(first == (20_001...20_010).map { fingerprint($0) })
    #expect(Set(first).count == first.count)
  }

  @Test("The lives are not idle: they deliver, repeat, reject, expire, take over, leave on disk, lose power and get killed")
  func livesAreVaried() {
    var (sum, kills, losses, repeated, lost) = (Statistics(), 0, 0, 0, 0)
    for seed in 30_000..<30_060 as Range<UInt64> {
      let life = RandomSpoolLife(seed: seed)
      life.run()
      for process in life.simulation.processes {
        let found = process.delivery.state.statistics
        sum.delivered += found.delivered
        sum.rejected += found.rejected
        sum.expired += found.expired
        sum.adopted += found.adopted
        sum.spooled += found.spooled
        sum.unspooled += process.spool.unspooled.load(ordering: .relaxed)
        sum.spoolErrors += process.spool.errors.load(ordering: .relaxed)
        sum.refusedQueueFull += found.refusedQueueFull
      }
      kills += life.simulation.kills
      losses += life.simulation.powerLosses
      repeated += life.simulation.books.repeated
      lost += life.simulation.books.lost
    }
    #expect(sum.delivered > 2000 && sum.rejected > 50 && sum.expired > 50 && sum.adopted > 1000 && sum.spooled > 1000)
    #expect(sum.unspooled > 100 && sum.spoolErrors > 20 && sum.refusedQueueFull > 50)
    #expect(kills > 50 && losses > 5 && repeated > 5 && lost > 5)
  }
}
