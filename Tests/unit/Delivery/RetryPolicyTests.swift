// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Retry policy")
struct RetryPolicyTests {
  private let policy = RetryPolicy(initialMilliseconds: 500, maximumMilliseconds: 30_000)

  @Test("The delay doubles with each failure up to the maximum")
  func doubles() {
    let full = (1...9).map { policy.delayMilliseconds(failures: $0, unit: 1 - 0x1p-53) }
    #expect(full.dropFirst(6) == [30_000, 30_000, 30_000])
    for (index, wanted) in [500, 1000, 2000, 4000, 8000, 16_000].enumerated() {
      // A delay is cut to whole milliseconds.
      #expect(full[index] == Int64(wanted) || full[index] == Int64(wanted) - 1)
    }
  }

  @Test("The jitter takes off up to half of it, and never more")
  func jitters() {
    #expect((1...8).map { policy.delayMilliseconds(failures: $0, unit: 0) } == [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000])
    #expect(policy.delayMilliseconds(failures: 3, unit: 0.5) == 1500)
    var random = Random(seed: 7)
    for failures in 1...12 {
      let full = min(30_000, Int64(500) << Int64(failures - 1))
      var delays: Set<Int64> = []
      for _ in 0..<200 {
        let delay = policy.delayMilliseconds(failures: failures, unit: random.unit())
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
    let policy = RetryPolicy(initialMilliseconds: initial, maximumMilliseconds: 30_000)
    for failures in [-1, 0, 1, 2, 24, 25, 40, 41, 42, 63, 64, 65, 1_000_000, Int.max] {
      for unit in [0, 0.5, 1 - 0x1p-53] {
        let delay = policy.delayMilliseconds(failures: failures, unit: unit)
        #expect(delay >= 1 && delay <= 30_000)
      }
    }
  }

  @Test("A delay is never zero, so that no loop spins")
  func isPositive() {
    #expect(RetryPolicy(initialMilliseconds: 1, maximumMilliseconds: 1).delayMilliseconds(failures: 1, unit: 0) == 1)
    #expect(RetryPolicy(initialMilliseconds: 0, maximumMilliseconds: 0).delayMilliseconds(failures: 5, unit: 0.9) == 1)
  }

  @Test("What is added to a server's pause is up to half of it, and no more than the longest delay")
  func spreads() {
    #expect(policy.spreadMilliseconds(over: 1000, unit: 0) == 0)
    #expect(policy.spreadMilliseconds(over: 1000, unit: 0.5) == 250)
    #expect(policy.spreadMilliseconds(over: 1000, unit: 1 - 0x1p-53) == 499)
    #expect(policy.spreadMilliseconds(over: 300_000, unit: 0.5) == 15_000)
    #expect(policy.spreadMilliseconds(over: 0, unit: 0.9) == 0 && policy.spreadMilliseconds(over: -5, unit: 0.9) == 0)
  }

  @Test("A cap lowers both ends and raises none")
  func caps() {
    let capped = policy.capped(atMilliseconds: 4000)
    #expect(capped.initialMilliseconds == 500 && capped.maximumMilliseconds == 4000)
    let low = policy.capped(atMilliseconds: 100)
    #expect(low.initialMilliseconds == 100 && low.maximumMilliseconds == 100)
    let same = policy.capped(atMilliseconds: 60_000)
    #expect(same.initialMilliseconds == 500 && same.maximumMilliseconds == 30_000)
  }
}
