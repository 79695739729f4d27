// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Retry policy")
struct RetryPolicyTests {
  private let policy = RetryPolicy(initial: 500, maximum: 30_000)

  @Test("The delay doubles with each failure up to the maximum")
  func doubles() {
    let full = (1...9).map { policy.delay(failures: $0, unit: 1 - 0x1p-53) }
    #expect(full.dropFirst(6) == [30_000, 30_000, 30_000])
    for (index, wanted) in [500, 1000, 2000, 4000, 8000, 16_000].enumerated() {
      // A delay is cut to whole milliseconds.
      #expect(full[index] == Int64(wanted) || full[index] == Int64(wanted) - 1)
    }
  }

  @Test("The jitter takes off up to half of it, and never more")
  func jitters() {
    #expect((1...8).map { policy.delay(failures: $0, unit: 0) } == [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000])
    #expect(policy.delay(failures: 3, unit: 0.5) == 1500)
    var random = Random(seed: 7)
    for failures in 1...12 {
      let full = min(30_000, Int64(500) << Int64(failures - 1))
      var delays: Set<Int64> = []
      for _ in 0..<200 {
        let delay = policy.delay(failures: failures, unit: random.unit())
        #expect(delay >= full / 2 && delay <= full)
        delays.insert(delay)
      }
      #expect(delays.count > 50, "the delays of \(failures) failures hardly differ")
    }
  }

  @Test(
    "Neither any count of failures nor a huge first delay overflows",
    arguments: [
      Int64(1), 500, 1 << 40, Int64.max / 2, Int64.max,
    ])
  func doesNotOverflow(initial: Int64) {
    let policy = RetryPolicy(initial: initial, maximum: 30_000)
    for failures in [-1, 0, 1, 2, 24, 25, 40, 41, 42, 63, 64, 65, 1_000_000, Int.max] {
      for unit in [0, 0.5, 1 - 0x1p-53] {
        let delay = policy.delay(failures: failures, unit: unit)
        #expect(delay >= 1 && delay <= 30_000)
      }
    }
  }

  @Test("A delay is never nothing, so that no loop spins")
  func isPositive() {
    #expect(RetryPolicy(initial: 1, maximum: 1).delay(failures: 1, unit: 0) == 1)
    #expect(RetryPolicy(initial: 0, maximum: 0).delay(failures: 5, unit: 0.9) == 1)
  }

  @Test("What is added to a server's pause is up to half of it, and no more than the longest delay")
  func spreads() {
    #expect(policy.spread(over: 1000, unit: 0) == 0)
    #expect(policy.spread(over: 1000, unit: 0.5) == 250)
    #expect(policy.spread(over: 1000, unit: 1 - 0x1p-53) == 499)
    #expect(policy.spread(over: 300_000, unit: 0.5) == 15_000)
    #expect(policy.spread(over: 0, unit: 0.9) == 0 && policy.spread(over: -5, unit: 0.9) == 0)
  }

  @Test("A cap lowers both ends and raises none")
  func caps() {
    let capped = policy.capped(at: 4000)
    #expect(capped.initial == 500 && capped.maximum == 4000)
    let low = policy.capped(at: 100)
    #expect(low.initial == 100 && low.maximum == 100)
    let same = policy.capped(at: 60_000)
    #expect(same.initial == 500 && same.maximum == 30_000)
  }
}
