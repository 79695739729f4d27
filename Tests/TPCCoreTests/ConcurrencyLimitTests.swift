// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Concurrency limit")
struct ConcurrencyLimitTests {
  @Test("It begins with one and grows by one a success up to the maximum")
  func slowStart() {
    var limit = ConcurrencyLimit(maximum: 8)
    #expect(limit.limit == 1)
    var grown: [Int] = []
    for _ in 0..<10 {
      limit.succeeded()
      grown.append(limit.limit)
    }
    #expect(grown == [2, 3, 4, 5, 6, 7, 8, 8, 8, 8])
  }

  @Test("A failure halves it, and it is never less than one")
  func halves() {
    var limit = ConcurrencyLimit(maximum: 100)
    for _ in 0..<63 { limit.succeeded() }
    var halved = [limit.limit]
    for _ in 0..<8 {
      limit.failed()
      halved.append(limit.limit)
    }
    #expect(halved == [64, 32, 16, 8, 4, 2, 1, 1, 1])
  }

  @Test("Beyond the threshold that a failure left, it grows by one a full round")
  func congestionAvoidance() {
    var limit = ConcurrencyLimit(maximum: 100)
    for _ in 0..<7 { limit.succeeded() }
    limit.failed()
    #expect(limit.limit == 4)
    var successes = 0
    while limit.limit < 7, successes < 1000 {
      limit.succeeded()
      successes += 1
    }
    // 4 at a limit of 4, 5 at 5 and 6 at 6.
    #expect(successes == 15)
  }

  @Test("A lower maximum cuts it at once; a higher one lets it grow on")
  func maximumChanges() {
    var limit = ConcurrencyLimit(maximum: 100)
    for _ in 0..<50 { limit.succeeded() }
    limit.maximum = 8
    #expect(limit.limit == 8)
    limit.succeeded()
    #expect(limit.limit == 8)
    limit.maximum = 100
    #expect(limit.limit == 8)
    limit.succeeded()
    #expect(limit.limit == 9)
  }

  @Test("A maximum of nothing would stop all; it counts as one", arguments: [0, -5, Int.min])
  func atLeastOne(maximum: Int) {
    var limit = ConcurrencyLimit(maximum: maximum)
    #expect(limit.limit == 1)
    limit.maximum = maximum
    limit.failed()
    limit.succeeded()
    #expect(limit.limit == 1)
  }

  @Test("After an outage it begins with one again, and grows quickly only to half of the maximum")
  func restarts() {
    var limit = ConcurrencyLimit(maximum: 8)
    for _ in 0..<20 { limit.succeeded() }
    limit.restart()
    #expect(limit.limit == 1)
    for _ in 0..<3 { limit.succeeded() }
    #expect(limit.limit == 4)
    limit.succeeded()
    #expect(limit.limit == 4)
    for _ in 0..<3 { limit.succeeded() }
    #expect(limit.limit == 5)
  }

  @Test("It stays between one and the maximum, whatever happens", arguments: [1, 2, 3, 8, 100])
  func staysWithin(maximum: Int) {
    var limit = ConcurrencyLimit(maximum: maximum)
    var random = Random(seed: UInt64(maximum))
    for _ in 0..<5000 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<14: limit.succeeded()
      case 14..<19: limit.failed()
      default: limit.restart()
      }
      #expect(limit.limit >= 1 && limit.limit <= maximum)
    }
  }
}
