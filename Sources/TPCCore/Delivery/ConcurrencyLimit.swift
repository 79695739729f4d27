// SPDX-License-Identifier: Apache-2.0

/// How many requests may be under way at once. It begins with one and grows with success as TCP's congestion window does
/// (RFC 5681, 3.1: slow start up to a threshold, then one more for each full round), and ever less as answers become slow: a queue
/// has formed somewhere then, and more requests would only make it longer (as in TCP Vegas and Netflix's concurrency-limits).
///
/// It is halved, at most once a round trip, when requests that an overloaded endpoint let wait too long are given up, or when
/// more than three quarters of a round fail. Single failures are the circuit breaker's and the events' matter: a limit that fell with each
/// of them would starve an endpoint that loses one request in three.
struct ConcurrencyLimit {
  private(set) var limit = 1
  private var threshold = Int.max
  /// Successes since the limit last grew, in thousandths: slow ones count for less.
  private var successes: Int64 = 0
  /// Requests of the round that ended so far, well and badly.
  private var passed = 0
  private var failed = 0
  /// Numbers the rounds: what started before the limit was cut says nothing about the limit since.
  private(set) var round: UInt32 = 0
  /// How long answers take, smoothed as TCP smooths its round-trip time (RFC 6298, 2.3), in milliseconds; nil before the first.
  private var answerTime: Int64?
  /// The quickest answer so far, in milliseconds.
  private var leastAnswerTime: Int64?
  /// A quarter of a request's time, in milliseconds.
  private let patience: Int64
  /// No more than the connection carries: HTTP/2 streams, or HTTP/1.1 connections.
  var maximum: Int {
    didSet { limit = min(limit, max(1, maximum)) }
  }

  /// Fewer results make no round: of four requests, all may fail by chance.
  static let smallestRound = 16

  init(maximum: Int, requestTimeoutMilliseconds: Int64) {
    self.maximum = max(1, maximum)
    patience = max(1, requestTimeoutMilliseconds / 4)
  }

  var resultsInRound: Int { passed + failed }

  /// An answer that takes this long, in milliseconds, lets the limit grow no further. One that is always slow has no queue.
  private var slowAnswerTime: Int64 { max(patience, 2 * (leastAnswerTime ?? 0)) }

  /// Nothing is known of an endpoint that has yet to answer: whoever keeps it waiting for ever is slow.
  private var isSlow: Bool { answerTime.map { $0 > slowAnswerTime } ?? true }

  /// A request that started in `round` was answered after so many milliseconds.
  mutating func succeeded(round: UInt32, after time: Int64) {
    answerTime = answerTime.map { $0 + (time - $0) / 8 } ?? time
    leastAnswerTime = min(time, leastAnswerTime ?? time)
    grow(by: ConcurrencyLimit.thousandths(time, slowAnswerTime))
    judge(round, hasPassed: true)
  }

  /// One failed; `isSilent` when no answer came in its time.
  mutating func failed(round: UInt32, isSilent: Bool) {
    if isSilent && isSlow && round == self.round { return begin(at: limit / 2, threshold: limit / 2) }
    judge(round, hasPassed: false)
  }

  /// How much a success counts: fully when it came within an eighth of the slow answer's time, then less and less.
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

  /// After an outage the server is met as a stranger.
  mutating func restart() {
    begin(at: 1, threshold: maximum / 2)
    answerTime = nil
    leastAnswerTime = nil
  }
}
