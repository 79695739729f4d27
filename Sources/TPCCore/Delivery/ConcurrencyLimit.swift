// SPDX-License-Identifier: Apache-2.0

/// How many requests may be in flight at once. It starts at one and grows with success as TCP's congestion window does
/// (RFC 5681, 3.1: slow start up to a threshold, then one more per full round). It grows more slowly as answers become
/// slow: then a queue has formed somewhere, and more requests would only make it longer (as in TCP Vegas and Netflix's
/// concurrency-limits).
///
/// It is halved, at most once per round trip, when requests are given up because an overloaded endpoint left them
/// waiting too long, or when more than three quarters of a round fail. Single failures are left to the circuit breaker
/// and the events: a limit that shrank with each of them would starve an endpoint that loses one request in three.
struct ConcurrencyLimit {
  private(set) var limit = 1
  private var threshold = Int.max
  /// Successes since the limit last grew, in thousandths: slow ones count less.
  private var successes: Int64 = 0
  /// Requests of this round that have ended so far, by success and failure.
  private var passed = 0
  private var failed = 0
  /// The number of the round: a request that started before the limit was cut says nothing about the limit since.
  private(set) var round: UInt32 = 0
  /// How long answers take, smoothed as TCP smooths its round-trip time (RFC 6298, 2.3); nil before the first.
  private var answerMilliseconds: Int64?
  /// The time of the fastest answer so far.
  private var leastAnswerMilliseconds: Int64?
  /// A quarter of a request's timeout.
  private let patienceMilliseconds: Int64
  /// The most that the connection carries: HTTP/2 streams, or HTTP/1.1 connections.
  var maximum: Int {
    didSet { limit = min(limit, max(1, maximum)) }
  }

  /// Fewer results do not make a round: of four requests, all may fail by chance.
  static let smallestRound = 16

  init(maximum: Int, requestTimeoutMilliseconds: Int64) {
    self.maximum = max(1, maximum)
    patienceMilliseconds = max(1, requestTimeoutMilliseconds / 4)
  }

  var resultsInRound: Int { passed + failed }

  /// An answer that takes this long stops the limit from growing. An endpoint that is always slow has no queue, so its
  /// fastest answer counts.
  private var slowAnswerMilliseconds: Int64 { max(patienceMilliseconds, 2 * (leastAnswerMilliseconds ?? 0)) }

  /// Whether answers are slow. An endpoint that has not answered yet counts as slow: it may keep requests waiting
  /// forever.
  private var isSlow: Bool { answerMilliseconds.map { $0 > slowAnswerMilliseconds } ?? true }

  /// A request that started in `round` was answered after the given number of milliseconds.
  mutating func succeeded(round: UInt32, afterMilliseconds time: Int64) {
    answerMilliseconds = answerMilliseconds.map { $0 + (time - $0) / 8 } ?? time
    leastAnswerMilliseconds = min(time, leastAnswerMilliseconds ?? time)
    grow(by: ConcurrencyLimit.thousandths(time, slowAnswerMilliseconds))
    judge(round, hasPassed: true)
  }

  /// A request failed; `isSilent` if it timed out without an answer.
  mutating func failed(round: UInt32, isSilent: Bool) {
    if isSilent && isSlow && round == self.round { return begin(at: limit / 2, threshold: limit / 2) }
    judge(round, hasPassed: false)
  }

  /// How much a success counts: fully if it came within an eighth of a slow answer's time, then less and less.
  private static func thousandths(_ time: Int64, _ slow: Int64) -> Int64 {
    let quick = slow / 8
    return max(0, 1000 - max(0, time - quick) * 1000 / max(1, slow - quick))
  }

  private mutating func grow(by thousandths: Int64) {
    guard limit < maximum else { return }
    successes += thousandths
    if successes >= 1000 * (limit < threshold ? 1 : Int64(limit)) {
      successes = 0
      limit += 1
    }
  }

  private mutating func judge(_ started: UInt32, hasPassed: Bool) {
    guard started == round else { return }
    if hasPassed { passed += 1 } else { failed += 1 }
    guard resultsInRound >= max(limit, ConcurrencyLimit.smallestRound) else { return }
    if failed > 3 * passed { begin(at: limit / 2, threshold: limit / 2) }
    (passed, failed) = (0, 0)
  }

  private mutating func begin(at limit: Int, threshold: Int) {
    self.limit = max(1, limit)
    self.threshold = max(2, threshold)
    successes = 0
    (passed, failed) = (0, 0)
    round &+= 1
  }

  /// Starts over, after an outage: nothing is known about the server any more.
  mutating func restart() {
    begin(at: 1, threshold: maximum / 2)
    answerMilliseconds = nil
    leastAnswerMilliseconds = nil
  }
}
