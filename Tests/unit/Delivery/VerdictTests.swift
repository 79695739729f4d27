// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// The whole table: what each status, header and broken connection means for its event. The expectations are written down as
/// lists of statuses, in the order of the rules, rather than computed as the code does.
@Suite("Verdicts on requests")
struct VerdictTests {
  /// Statuses that say that the credential is wrong, the endpoint's or the proxy's; and the address.
  private static let credential: Set<Int> = [401, 407]
  private static let configuration: Set<Int> = Set(300...399).union([403, 404])
  /// Statuses to try again, besides 5xx.
  private static let again: Set<Int> = [408, 409, 425, 429]
  /// 5xx that a retry cannot change.
  private static let unsupported: Set<Int> = [501, 505]

  private func judge(_ result: RequestResult, first: Bool = true, othersPassed: Bool = false, suspended: Bool = false) -> Verdict {
    Verdict(result, Verdict.History(isFirstAttempt: first, othersHavePassed: othersPassed, wasSuspended: suspended))
  }

  private static func isLasting(_ status: Int) -> Bool {
    (400...499).contains(status) && !credential.contains(status) && !configuration.contains(status) && !again.contains(status)
      || unsupported.contains(status)
  }

  private static func expected(_ status: Int, shouldRetry: Bool?, retryAfter: Int64?, othersPassed: Bool) -> Verdict {
    if (200...299).contains(status) { return Verdict(.delivered, .endpointWorks) }
    let asksForLess = status == 429 || retryAfter != nil
    let isRejected = shouldRetry == false || shouldRetry == nil && isLasting(status)
    if isRejected { return Verdict(.rejected, asksForLess ? .endpointThrottles : .endpointWorks) }
    if othersPassed && retryAfter == nil { return Verdict(.retry, .event) }
    if shouldRetry == nil && credential.contains(status) { return Verdict(.retry, .credential) }
    if shouldRetry == nil && configuration.contains(status) { return Verdict(.retry, .configuration) }
    return Verdict(.retry, asksForLess ? .endpointThrottles : .endpointFails)
  }

  @Test("Every status from 100 to 999 with every header has its meaning, whatever went before")
  func wholeTable() {
    for status in 100...999 {
      for shouldRetry in [nil, true, false] as [Bool?] {
        for retryAfter in [nil, 0, 1, 300_000] as [Int64?] {
          for (isFirst, othersPassed) in [(false, false), (false, true), (true, false)] {
            let result = RequestResult(
              httpStatus: status, retryAfterMilliseconds: retryAfter, shouldRetry: shouldRetry, isStaleConnection: isFirst, isOurs: isFirst)
            let found = judge(result, first: isFirst, othersPassed: othersPassed, suspended: isFirst)
            let wanted = Self.expected(status, shouldRetry: shouldRetry, retryAfter: retryAfter, othersPassed: othersPassed)
            if found != wanted { Issue.record("\(result), \(isFirst), \(othersPassed): found \(found); expected \(wanted)") }
          }
        }
      }
    }
  }

  @Test("A 2xx is delivered, whatever else the answer says", arguments: [200, 201, 202, 204, 206, 299])
  func delivered(status: Int) {
    let delivered = Verdict(.delivered, .endpointWorks)
    #expect(judge(.answer(status)) == delivered)
    #expect(judge(.answer(status, retryAfter: 1000, shouldRetry: true)) == delivered)
    #expect(judge(.answer(status, shouldRetry: false, isOdd: true), othersPassed: true) == delivered)
  }

  @Test("A server that is busy or broken for now is tried again", arguments: [408, 409, 425, 500, 502, 503, 504, 507, 520, 529, 599])
  func retried(status: Int) {
    #expect(judge(.answer(status)) == Verdict(.retry, .endpointFails))
    #expect(judge(.answer(status, retryAfter: 0)) == Verdict(.retry, .endpointThrottles))
  }

  @Test("429 asks for less, with or without a time")
  func throttled() {
    #expect(judge(.answer(429)) == Verdict(.retry, .endpointThrottles))
    #expect(judge(.answer(429, retryAfter: 5000)) == Verdict(.retry, .endpointThrottles))
  }

  @Test("The server's refusal of an event is final", arguments: [400, 402, 405, 406, 410, 411, 413, 414, 415, 422, 426, 451, 499, 501, 505])
  func rejected(status: Int) {
    #expect(judge(.answer(status)) == Verdict(.rejected, .endpointWorks))
    #expect(judge(.answer(status, retryAfter: 1000)) == Verdict(.rejected, .endpointThrottles))
  }

  @Test("A wrong credential, address or proxy keeps the event", arguments: [301, 302, 303, 304, 307, 308, 401, 403, 404, 407])
  func kept(status: Int) {
    #expect(judge(.answer(status)) == Verdict(.retry, [401, 407].contains(status) ? .credential : .configuration))
  }

  @Test("x-should-retry decides about every answer that is not a success", arguments: [301, 400, 401, 404, 422, 429, 500, 501, 503])
  func shouldRetryWins(status: Int) {
    #expect(judge(.answer(status, shouldRetry: false)).fate == .rejected)
    let wanted: Verdict.Subject = status == 429 ? .endpointThrottles : .endpointFails
    #expect(judge(.answer(status, shouldRetry: true)) == Verdict(.retry, wanted))
  }

  @Test("An event that fails again where others have passed since is itself to blame, unless the server named a time")
  func suspect() {
    for result in [.answer(500), .answer(429), .answer(403), .answer(401), .noAnswer()] as [RequestResult] {
      #expect(judge(result, first: false, othersPassed: true) == Verdict(.retry, .event), "\(result)")
    }
    let named = judge(.answer(503, retryAfter: 1000), first: false, othersPassed: true)
    #expect(named == Verdict(.retry, .endpointThrottles))
  }

  @Test("A connection that broke while idle is excused once, on an event's first request")
  func staleConnection() {
    #expect(judge(.noAnswer(isStale: true), first: true) == Verdict(.retryAtOnce, .nothing))
    #expect(judge(.noAnswer(isStale: true), first: false) == Verdict(.retry, .endpointFails))
    #expect(judge(.noAnswer(), first: true) == Verdict(.retry, .endpointFails))
    #expect(judge(.noAnswer(), first: false) == Verdict(.retry, .endpointFails))
  }

  @Test("A request that this process failed, or slept through, says nothing about server or event")
  func ours() {
    #expect(judge(RequestResult(isOurs: true)) == Verdict(.retry, .nothing))
    #expect(judge(.noAnswer(), first: false, suspended: true) == Verdict(.retryAtOnce, .nothing))
    #expect(judge(.answer(503), suspended: true) == Verdict(.retry, .endpointFails))
  }

  @Test("A proxy that refuses a tunnel says nothing about the event, whatever it answers", arguments: 300...599)
  func tunnelRefused(status: Int) {
    var wanted: Verdict.Subject = .endpointFails
    if (300...499).contains(status) || [501, 505].contains(status) { wanted = .configuration }
    if [408, 425, 429].contains(status) { wanted = .endpointFails }
    if status == 407 { wanted = .credential }
    let refused = RequestResult(httpStatus: status, isFromProxy: true)
    for othersPassed in [false, true] { #expect(judge(refused, othersPassed: othersPassed) == Verdict(.retry, wanted)) }
  }

  @Test("An answer on a stale connection is an answer")
  func staleButAnswered() {
    #expect(judge(RequestResult(httpStatus: 503, isStaleConnection: true)) == Verdict(.retry, .endpointFails))
    #expect(judge(RequestResult(httpStatus: 422, isStaleConnection: true)) == Verdict(.rejected, .endpointWorks))
  }
}
