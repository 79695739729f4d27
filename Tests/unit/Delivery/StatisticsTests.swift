// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Statistics")
struct StatisticsTests {
  @Test("Each outcome has its own counter, and the ABI's number")
  func outcomes() {
    var statistics = Statistics()
    for (outcome, times) in [(Outcome.delivered, 1), (.rejected, 2), (.expired, 3), (.abandoned, 4), (.spooled, 5)] {
      for _ in 0..<times { statistics.count(outcome) }
    }
    #expect(statistics.delivered == 1 && statistics.rejected == 2 && statistics.expired == 3 && statistics.abandoned == 4)
    #expect(statistics.spooled == 5)
    #expect([Outcome.delivered, .rejected, .expired, .abandoned, .spooled].map(\.rawValue) == [1, 2, 3, 4, 5])
  }

  @Test(
    "Each refusal counts once, by its reason",
    arguments: [
      (.invalidEvent, [1, 0, 0, 0]), (.invalidJSON, [1, 0, 0, 0]), (.invalidArgument, [1, 0, 0, 0]), (.tooLarge, [0, 1, 0, 0]),
      (.queueFull, [0, 0, 1, 0]), (.noMemory, [0, 0, 0, 1]), (.system, [0, 0, 0, 1]), (.closed, [0, 0, 0, 0]),
    ] as [(Status, [UInt64])])
  func refusals(status: Status, wanted: [UInt64]) {
    var statistics = Statistics()
    statistics.countRefused(status)
    let found = [
      statistics.refusedInvalid, statistics.refusedTooLarge, statistics.refusedQueueFull, statistics.refusedSystem,
    ]
    #expect(found == wanted)
    #expect(statistics.accepted == 0 && statistics.isBalanced)
  }

  @Test("Everything begins at zero, balanced")
  func zero() {
    #expect(Statistics() == Statistics() && Statistics().isBalanced)
    #expect(Statistics().accepted == 0 && Statistics().requests == 0)
  }
}
