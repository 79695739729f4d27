// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Concurrency limit")
struct ConcurrencyLimitTests {
  @Test("It begins with one and grows by one a success up to the maximum")
  func slowStart() {
    var limit = ConcurrencyLimit(maximum: 8, requestTimeoutMilliseconds: 10_000)
    #expect(limit.limit == 1)
    var grown: [Int] = []
    for _ in 0..<10 {
      limit.succeeded(round: limit.round, afterMilliseconds: 10)
      grown.append(limit.limit)
    }
    #expect(grown == [2, 3, 4, 5, 6, 7, 8, 8, 8, 8])
  }

  /// One whose limit is `size`, at the beginning of a round.
  private func grown(to size: Int, maximum: Int = 100) -> ConcurrencyLimit {
    var limit = ConcurrencyLimit(maximum: maximum, requestTimeoutMilliseconds: 10_000)
    while limit.limit < size { limit.succeeded(round: limit.round, afterMilliseconds: 10) }
    finishRound(&limit)
    return limit
  }

  /// Fills the round up with results that leave the limit as it is.
  private func finishRound(_ limit: inout ConcurrencyLimit) {
    let maximum = limit.maximum
    limit.maximum = limit.limit
    for _ in 0..<200 { limit.succeeded(round: limit.round, afterMilliseconds: 10) }
    // Back at a round's beginning: a whole number of rounds has ended.
    while limit.resultsInRound > 0 { limit.succeeded(round: limit.round, afterMilliseconds: 10) }
    limit.maximum = maximum
  }

  @Test("A round of which more than half fails halves it, and it is never less than one")
  func halves() {
    var limit = grown(to: 64)
    var halved = [limit.limit]
    for _ in 0..<8 {
      let round = max(limit.limit, ConcurrencyLimit.smallestRound)
      for _ in 0..<round { limit.failed(round: limit.round, isSilent: false) }
      halved.append(limit.limit)
    }
    #expect(halved == [64, 32, 16, 8, 4, 2, 1, 1, 1])
  }

  @Test("A round of which half or less fails leaves it unchanged")
  func sparesHalves() {
    var limit = grown(to: 20, maximum: 20)
    for _ in 0..<1000 {
      limit.failed(round: limit.round, isSilent: false)
      limit.succeeded(round: limit.round, afterMilliseconds: 10)
      #expect(limit.limit == 20)
    }
  }

  @Test("What was under way when it was cut does not cut it again")
  func oncePerRound() {
    var limit = grown(to: 64)
    let round = limit.round
    for _ in 0..<500 { limit.failed(round: round, isSilent: false) }
    #expect(limit.limit == 32)
  }

  @Test("Beyond the threshold that a cut left, it grows by one a full round")
  func congestionAvoidance() {
    var limit = grown(to: 8)
    for _ in 0..<ConcurrencyLimit.smallestRound { limit.failed(round: limit.round, isSilent: false) }
    #expect(limit.limit == 4)
    var successes = 0
    while limit.limit < 7, successes < 1000 {
      limit.succeeded(round: limit.round, afterMilliseconds: 10)
      successes += 1
    }
    // 4 at a limit of 4, 5 at 5 and 6 at 6.
    #expect(successes == 15)
  }

  @Test("It grows no further once answers take a quarter of a request's time, and goes on when they are quick again")
  func stopsAtSlowAnswers() {
    var limit = ConcurrencyLimit(maximum: 100, requestTimeoutMilliseconds: 10_000)
    for _ in 0..<9 { limit.succeeded(round: limit.round, afterMilliseconds: 100) }
    #expect(limit.limit == 10)
    for _ in 0..<200 { limit.succeeded(round: limit.round, afterMilliseconds: 2600) }
    let reached = limit.limit
    #expect(reached < 40)
    for _ in 0..<200 { limit.succeeded(round: limit.round, afterMilliseconds: 2600) }
    #expect(limit.limit == reached)
    for _ in 0..<20 { limit.succeeded(round: limit.round, afterMilliseconds: 100) }
    #expect(limit.limit > reached)
  }

  @Test("A request that got no answer in its time halves it where answers are slow, once a round trip")
  func silence() {
    var limit = ConcurrencyLimit(maximum: 100, requestTimeoutMilliseconds: 10_000)
    for _ in 0..<15 { limit.succeeded(round: limit.round, afterMilliseconds: 100) }
    limit.failed(round: limit.round, isSilent: true)
    #expect(limit.limit == 16, "one died by chance: the others are quick")
    for _ in 0..<100 { limit.succeeded(round: limit.round, afterMilliseconds: 9000) }
    let (before, round) = (limit.limit, limit.round)
    for _ in 0..<before { limit.failed(round: round, isSilent: true) }
    #expect(limit.limit == before / 2)
  }

  @Test("A lower maximum cuts it at once; a higher one lets it grow on")
  func maximumChanges() {
    var limit = ConcurrencyLimit(maximum: 100, requestTimeoutMilliseconds: 10_000)
    for _ in 0..<50 { limit.succeeded(round: limit.round, afterMilliseconds: 10) }
    limit.maximum = 8
    #expect(limit.limit == 8)
    limit.succeeded(round: limit.round, afterMilliseconds: 10)
    #expect(limit.limit == 8)
    limit.maximum = 100
    #expect(limit.limit == 8)
    limit.succeeded(round: limit.round, afterMilliseconds: 10)
    #expect(limit.limit == 9)
  }

  @Test("A maximum of zero would stop everything; it counts as one", arguments: [0, -5, Int.min])
  func atLeastOne(maximum: Int) {
    var limit = ConcurrencyLimit(maximum: maximum, requestTimeoutMilliseconds: 10_000)
    #expect(limit.limit == 1)
    limit.maximum = maximum
    limit.failed(round: limit.round, isSilent: false)
    limit.succeeded(round: limit.round, afterMilliseconds: 10)
    #expect(limit.limit == 1)
  }

  @Test("After an outage it begins with one again, and grows quickly only to half of the maximum")
  func restarts() {
    var limit = ConcurrencyLimit(maximum: 8, requestTimeoutMilliseconds: 10_000)
    for _ in 0..<20 { limit.succeeded(round: limit.round, afterMilliseconds: 10) }
    limit.restart()
    #expect(limit.limit == 1)
    for _ in 0..<3 { limit.succeeded(round: limit.round, afterMilliseconds: 10) }
    #expect(limit.limit == 4)
    limit.succeeded(round: limit.round, afterMilliseconds: 10)
    #expect(limit.limit == 4)
    for _ in 0..<3 { limit.succeeded(round: limit.round, afterMilliseconds: 10) }
    #expect(limit.limit == 5)
  }

  @Test("It stays between one and the maximum, whatever happens", arguments: [1, 2, 3, 8, 100])
  func staysWithin(maximum: Int) {
    var limit = ConcurrencyLimit(maximum: maximum, requestTimeoutMilliseconds: 10_000)
    var random = Random(seed: UInt64(maximum))
    for _ in 0..<5000 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<14: limit.succeeded(round: limit.round, afterMilliseconds: 10)
      case 14..<19: limit.failed(round: limit.round, isSilent: false)
      default: limit.restart()
      }
      #expect(limit.limit >= 1 && limit.limit <= maximum)
    }
  }
}
