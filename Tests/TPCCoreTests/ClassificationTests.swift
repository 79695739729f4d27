// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// The whole table: what each status, header and broken connection means for its event. The expectations are written down as
/// lists of statuses, in the order of the rules, rather than computed as the code does.
@Suite("Classification of results")
struct ClassificationTests {
  /// Statuses that say that the configuration is wrong: redirects, credentials, address, proxy.
  private static let misconfigured: Set<Int> = Set(300...399).union([401, 403, 404, 407])
  /// Statuses to try again, besides 5xx.
  private static let again: Set<Int> = [408, 409, 425, 429]
  /// 5xx that a retry cannot change.
  private static let unsupported: Set<Int> = [501, 505]

  private func classify(_ result: RequestResult, first: Bool = true) -> Classification {
    Classification(result, isFirstAttempt: first)
  }

  private static func isLasting(_ status: Int) -> Bool {
    (400...499).contains(status) && !misconfigured.contains(status) && !again.contains(status) || unsupported.contains(status)
  }

  private static func expected(_ status: Int, shouldRetry: Bool?, retryAfter: Int64?) -> Classification {
    if (200...299).contains(status) { return .delivered }
    let trouble: CircuitBreaker.Trouble = status == 429 || retryAfter != nil ? .throttled : .failure
    if shouldRetry == true { return .retry(trouble) }
    if shouldRetry == false { return .rejected }
    if misconfigured.contains(status) { return .retry(.misconfigured) }
    if isLasting(status) { return .rejected }
    return .retry(trouble)
  }

  @Test("Every status from 100 to 999 with every header has its meaning, on the first request and on later ones")
  func wholeTable() {
    for status in 100...999 {
      for shouldRetry in [nil, true, false] as [Bool?] {
        for retryAfter in [nil, 0, 1, 300_000] as [Int64?] {
          for isStale in [false, true] {
            for isFirst in [false, true] {
              let result = RequestResult(
                httpStatus: status, retryAfter: retryAfter, shouldRetry: shouldRetry, isStaleConnection: isStale)
              let found = classify(result, first: isFirst)
              let wanted = Self.expected(status, shouldRetry: shouldRetry, retryAfter: retryAfter)
              if found != wanted { Issue.record("\(result), first: \(isFirst): found \(found); expected \(wanted)") }
            }
          }
        }
      }
    }
  }

  @Test("A 2xx is delivered, whatever else the answer says", arguments: [200, 201, 202, 204, 206, 299])
  func delivered(status: Int) {
    #expect(classify(.answer(status)) == .delivered)
    #expect(classify(.answer(status, retryAfter: 1000, shouldRetry: true)) == .delivered)
    #expect(classify(.answer(status, shouldRetry: false, isOdd: true)) == .delivered)
  }

  @Test("What is busy or broken for now is tried again", arguments: [408, 409, 425, 500, 502, 503, 504, 507, 520, 529, 599])
  func retried(status: Int) {
    #expect(classify(.answer(status)) == .retry(.failure))
    #expect(classify(.answer(status, retryAfter: 0)) == .retry(.throttled))
  }

  @Test("429 asks for less, with or without a time")
  func throttled() {
    #expect(classify(.answer(429)) == .retry(.throttled))
    #expect(classify(.answer(429, retryAfter: 5000)) == .retry(.throttled))
  }

  @Test("A verdict on the event is final", arguments: [400, 402, 405, 406, 410, 411, 413, 414, 415, 422, 426, 451, 499, 501, 505])
  func rejected(status: Int) {
    #expect(classify(.answer(status)) == .rejected)
    #expect(classify(.answer(status, retryAfter: 1000)) == .rejected)
  }

  @Test("A wrong credential, address or proxy keeps the event", arguments: [301, 302, 303, 304, 307, 308, 401, 403, 404, 407])
  func kept(status: Int) {
    #expect(classify(.answer(status)) == .retry(.misconfigured))
  }

  @Test("x-should-retry has the last word on what is no success", arguments: [301, 400, 401, 404, 422, 429, 500, 501, 503])
  func shouldRetryWins(status: Int) {
    #expect(classify(.answer(status, shouldRetry: false)) == .rejected)
    #expect(classify(.answer(status, shouldRetry: true)) == .retry(status == 429 ? .throttled : .failure))
  }

  @Test("A connection that broke while idle is excused once, on an event's first request")
  func staleConnection() {
    #expect(classify(.noAnswer(isStale: true), first: true) == .retryNow)
    #expect(classify(.noAnswer(isStale: true), first: false) == .retry(.failure))
    #expect(classify(.noAnswer(), first: true) == .retry(.failure))
    #expect(classify(.noAnswer(), first: false) == .retry(.failure))
  }

  @Test("An answer on a stale connection is an answer")
  func staleButAnswered() {
    #expect(classify(RequestResult(httpStatus: 503, isStaleConnection: true)) == .retry(.failure))
    #expect(classify(RequestResult(httpStatus: 422, isStaleConnection: true)) == .rejected)
  }
}
