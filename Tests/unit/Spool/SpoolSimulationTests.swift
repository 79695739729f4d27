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
}
