// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Testing

@testable import TPCCore

/// The bytes of a queued event, from malloc as `Completion` makes them: `length` bytes of which the first are the id.
func queuedBody(id: String, length: Int = 40) -> Completion.Body {
  let id = Array(id.utf8)
  let count = max(length, id.count)
  guard let memory = malloc(count) else { fatalError("the test machine refuses memory") }
  let base = memory.assumingMemoryBound(to: UInt8.self)
  for index in 0..<count { (base + index).initialize(to: index < id.count ? id[index] : UInt8(ascii: ".")) }
  return Completion.Body(base: base, count: count, idOffset: 0, idLength: id.count)
}

func queuedEvent(_ sequence: UInt64, acceptedAt: Int64 = 0, notBefore: Int64 = 0, id: String? = nil) -> QueuedEvent {
  var event = QueuedEvent(queuedBody(id: id ?? "event-\(sequence)"), sequence: sequence, acceptedAt: acceptedAt)
  event.notBefore = notBefore
  return event
}

extension RequestResult {
  /// What an answer of this status comes to.
  static func answer(
    _ status: Int, retryAfter: Int64? = nil, shouldRetry: Bool? = nil, isOdd: Bool = false
  ) -> RequestResult {
    RequestResult(httpStatus: status, retryAfter: retryAfter, shouldRetry: shouldRetry, isOdd: isOdd)
  }

  /// No answer: a broken connection or a timeout.
  static func noAnswer(isStale: Bool = false) -> RequestResult { RequestResult(isStaleConnection: isStale) }
}

extension DeliveryState {
  /// Accepts an event of this id, and frees its bytes when it is refused.
  mutating func take(_ id: String, length: Int = 40, now: Int64) -> Status {
    let body = queuedBody(id: id, length: length)
    let status = accept(body, now: now)
    if status != .ok { free(body.base) }
    return status
  }

  /// The ids of all reports that wait, with their outcomes.
  mutating func takeReports() -> [(id: String, outcome: Outcome, status: Int32, attempts: UInt32)] {
    var taken: [(id: String, outcome: Outcome, status: Int32, attempts: UInt32)] = []
    while let report = takeReport() {
      taken.append((report.pointee.eventID, report.pointee.outcome, report.pointee.httpStatus, report.pointee.attempts))
      ReportQueue.destroy(report)
    }
    return taken
  }
}

extension Statistics {
  /// accepted = delivered + rejected + expired + abandoned + pending.
  var isBalanced: Bool { accepted == delivered + rejected + expired + abandoned + pending }
}

/// Records that a test cannot go on, and why.
func fail(_ why: Comment, at place: SourceLocation = #_sourceLocation) { Issue.record(why, sourceLocation: place) }
