// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Testing

@testable import TPCCore

/// The bytes of an event as `EventWriter` leaves them: `length` of them, of which the first are the id.
func eventBody(id: String, length: Int = 40) -> EventBody {
  let body = EventBody()
  let text = Array(id.utf8) + [UInt8](repeating: UInt8(ascii: "."), count: max(0, length - id.utf8.count))
  guard body.begin(capacity: text.count) else { fatalError("the test machine refuses memory") }
  body.markID(length: id.utf8.count)
  text.withUnsafeBufferPointer { body.put($0) }
  return body
}

/// An event as the queue holds it; `release` frees its bytes.
func queuedEvent(_ sequence: UInt64, acceptedAt: Int64 = 0, notBefore: Int64 = 0, id: String? = nil) -> QueuedEvent {
  let body = eventBody(id: id ?? "event-\(sequence)")
  guard let memory = malloc(body.bytes.count) else { fatalError("the test machine refuses memory") }
  let copy = memory.assumingMemoryBound(to: UInt8.self)
  if let start = body.bytes.baseAddress { copy.initialize(from: start, count: body.bytes.count) }
  var event = QueuedEvent(body, copy: copy, sequence: sequence, acceptedAt: acceptedAt)
  event.notBefore = notBefore
  return event
}

func release(_ event: QueuedEvent) { free(event.body) }

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
  /// Accepts an event of this id.
  mutating func take(_ id: String, length: Int = 40, now: Int64) -> Status { accept(eventBody(id: id, length: length), now: now) }

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
