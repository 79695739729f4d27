// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// The bytes of an event of this id (as JSON writes it) and of this length, if that is more than a short event needs.
func eventBody(id: String, length: Int = 0) -> EventWorkspace {
  let frame = #"{"event":"page_visit","eventId":"","page":{"href":"x:"}}"#.utf8.count
  var visit = PageVisit()
  var id = id
  let body = try? id.withUTF8 { id in
    try visit.set(.eventId, escaped: id, true)
    try visit.set(.pageHref, "x:" + String(repeating: ".", count: max(0, length - frame - id.count)))
    return EventWriter.write(visit, EventValues(visit))
  }
  guard let body else { fatalError("an event of this id cannot be made") }
  return body
}

/// An event as the queue holds it. Its bytes stay to the end of the tests.
func queuedEvent(
  _ sequence: UInt64, expiresAt: Int64 = 0, notBefore: Int64 = 0, id: String? = nil, place: SpoolPlace = .none
) -> QueuedEvent {
  let body = eventBody(id: id ?? "event-\(sequence)")
  var event = QueuedEvent(
    body.bytes, id: body.id, in: TestBodies.place(for: body.bytes.count), sequence: sequence, expiresAt: expiresAt, place: place)
  event.notBefore = notBefore
  return event
}

/// Where the bytes of events lie that no delivery accepted: reachable to the end, so that no sanitizer takes them for lost.
private enum TestBodies {
  private static let mutex = Mutex()
  nonisolated(unsafe) private static var places: [UnsafeMutablePointer<UInt8>] = []

  static func place(for count: Int) -> UnsafeMutablePointer<UInt8> {
    let place = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    mutex.lock()
    places.append(place)
    mutex.unlock()
    return place
  }
}

extension RequestResult {
  /// The outcome of an answer of this status.
  static func answer(
    _ status: Int, retryAfter: Int64? = nil, shouldRetry: Bool? = nil, isOdd: Bool = false
  ) -> RequestResult {
    RequestResult(httpStatus: status, retryAfterMilliseconds: retryAfter, shouldRetry: shouldRetry, isOdd: isOdd)
  }

  /// No answer in the request's time.
  static let silence = RequestResult(isSilent: true)

  /// No answer: a broken connection.
  static func noAnswer(isStale: Bool = false) -> RequestResult { RequestResult(isStaleConnection: isStale) }
}

/// A state with these settings, and the same random numbers each time.
func deliveryState(_ change: (inout DeliverySettings) -> Void = { _ in }) -> DeliveryState {
  var settings = DeliverySettings()
  settings.reportCapacity = 1000
  change(&settings)
  return DeliveryState(settings, random: Random(seed: 1))
}

extension DeliveryState {
  /// Accepts an event of this id.
  mutating func take(_ id: String, length: Int = 0, now: Int64) -> DeliveryState.Intake { accept(eventBody(id: id, length: length), now: now) }

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
  /// accepted + adopted = delivered + rejected + expired + abandoned + pending + spooled.
  var isBalanced: Bool { accepted + adopted == delivered + rejected + expired + abandoned + pending + spooled }
}

/// Records that a test cannot go on, and why.
func fail(_ why: Comment, at place: SourceLocation = #_sourceLocation) { Issue.record(why, sourceLocation: place) }
