// SPDX-License-Identifier: Apache-2.0

import Foundation
import TPC

/// Answers one call after the other with the `PageVisits` that `open` made last.
@MainActor
final class Driver {
  private(set) var visits: PageVisits?
  private let log = Log()
  private var reportsTaken = 0

  func answer(to request: JSON) async -> JSON {
    do throws(TPCError) {
      return .object(try await result(of: request).merging(["ok": .boolean(true)]) { given, _ in given })
    } catch {
      let error = ["code": name(of: error.code), "field": error.field, "message": error.message]
      return .object(["error": .object(error.mapValues { .text($0) })])
    }
  }

  private func result(of request: JSON) async throws(TPCError) -> [String: JSON] {
    let timeout = Duration.milliseconds(request["timeout_ms"]?.integer ?? 0)
    switch request["call"]?.text {
    case "open": try await open(request)
    case "track": try track(request["event"] ?? .null)
    case "track_json": try opened.track(json: request["text"]?.text ?? "")
    case "track_request": return ["left_out": try trackRequest(request["request"]?.members ?? [:])]
    case "ai_agent":
      let agent = AIAgent.named(in: request["user_agent"]?.text ?? "")
      return ["agent": object(agent.map { ["name": $0.name, "operator": $0.operatorName, "purpose": $0.purpose.rawValue] })]
    case "ai_answer":
      let answer = AIAnswer.from(referrer: request["referrer"]?.text ?? "", href: request["href"]?.text ?? "")
      return ["answer": object(answer.map { ["name": $0.name, "operator": $0.operatorName, "evidence": $0.evidence.rawValue] })]
    case "flush": return ["pending": .integer(try await opened.flush(timeout: timeout))]
    case "close": return ["undelivered": .integer(await opened.close(timeout: timeout))]
    case "release": visits = nil
    case "log": return ["log": .list(log.lines().map { .text($0) })]
    case "stats": return ["stats": .object(numbers(opened.statistics))]
    case "reports": return ["reports": .list(await reports())]
    case let call: fatalError("unknown call: \(call ?? "(none)")")
    }
    return [:]
  }

  private var opened: PageVisits {
    guard let visits else { fatalError("the first call has to be open") }
    return visits
  }

  // MARK: Options

  private func open(_ request: JSON) async throws(TPCError) {
    await visits?.close(timeout: .zero)
    var configuration = Configuration.environment
    for (name, value) in request["options"]?.members ?? [:] { try Options.set(name, to: value, in: &configuration) }
    if configuration.logDescriptor == -1 { configuration.logDescriptor = log.descriptor }
    let hidden = request["environment"]?.boolean == false ? variables : [:]
    for name in hidden.keys { unsetenv(name) }
    defer { for (name, value) in hidden { setenv(name, value, 1) } }
    visits = try PageVisits(configuration)
    reportsTaken = 0
  }

  /// Those that set options.
  private var variables: [String: String] {
    ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("TPC_") || $0.key.hasPrefix("THE_PROMPTING_COMPANY_") }
  }

  // MARK: Visits

  /// As a `Visit`, if it can hold the event as it is; as JSON otherwise. The event's name is the library's to fill in.
  private func track(_ event: JSON) throws(TPCError) {
    let named = JSON.object((event.members ?? [:]).merging(["event": .text("page_visit")]) { given, _ in given })
    if let visit = visit(named), (try? copy(visit)) == named { return try opened.track(visit) }
    guard let data = try? JSONEncoder().encode(named) else { fatalError("an event that is not JSON") }
    try opened.track(json: String(decoding: data, as: UTF8.self))
  }

  private func visit(_ event: JSON) -> Visit? {
    (try? JSONEncoder().encode(event)).flatMap { try? JSONDecoder().decode(Visit.self, from: $0) }
  }

  private func copy(_ visit: Visit) throws -> JSON { try JSONDecoder().decode(JSON.self, from: JSONEncoder().encode(visit)) }

  private func trackRequest(_ members: [String: JSON]) throws(TPCError) -> JSON {
    var request = WebRequest(method: members["method"]?.text ?? "", target: members["target"]?.text ?? "")
    request.scheme = members["scheme"]?.text
    request.host = members["host"]?.text
    request.status = members["status"]?.integer
    request.contentType = members["contentType"]?.text
    request.remoteAddress = members["remoteAddress"]?.text
    request.clientAddress = members["clientAddress"]?.text
    for (name, value) in members["headers"]?.members ?? [:] {
      let values = if case .list(let values) = value { values } else { [value] }
      for text in values.compactMap(\.text) { request.addHeader(name, text) }
    }
    var adding: Visit?
    if let event = members["event"], event != .null {
      guard let visit = visit(event) else { fatalError("an event that no Visit holds") }
      adding = visit
    }
    return try opened.track(request, adding: adding).map { .text($0.rawValue) } ?? .null
  }

  // MARK: What became of them

  /// The reports that are there: as many as visits have ended since they were taken.
  private func reports() async -> [JSON] {
    var reports: [JSON] = []
    let statistics = opened.statistics
    let ended = statistics.delivered + statistics.rejected + statistics.expired + statistics.abandoned + statistics.spooled
    // What was taken over from the spool leaves no report.
    let own = ended - statistics.adopted
    for await report in opened.reports.prefix(max(0, own - statistics.reportsDropped - reportsTaken)) {
      reports.append(
        .object([
          "outcome": .text(report.outcome.rawValue), "event_id": .text(report.eventID),
          "http_status": .integer(report.httpStatus ?? 0), "attempts": .integer(report.attempts), "code": .text(report.code),
          "message": .text(report.message), "details": .text(report.details), "received_at": .text(report.receivedAt),
        ]))
    }
    reportsTaken += reports.count
    return reports
  }

  private func numbers(_ statistics: Statistics) -> [String: JSON] {
    [
      "accepted": statistics.accepted, "delivered": statistics.delivered, "rejected": statistics.rejected,
      "expired": statistics.expired, "abandoned": statistics.abandoned, "pending": statistics.pending,
      "refused_invalid": statistics.refusedInvalid, "refused_too_large": statistics.refusedTooLarge,
      "refused_queue_full": statistics.refusedQueueFull, "refused_system": statistics.refusedSystem,
      "sampled_out": statistics.sampledOut, "disabled": statistics.disabled, "requests": statistics.requests,
      "failed_requests": statistics.failedRequests, "retries": statistics.retries,
      "odd_responses": statistics.oddResponses, "reports_dropped": statistics.reportsDropped,
      "queue_bytes": statistics.queueBytes, "in_flight": statistics.inFlight, "left_out": statistics.leftOut,
      "spooled": statistics.spooled, "adopted": statistics.adopted, "unspooled": statistics.unspooled,
      "spool_bytes": statistics.spoolBytes, "spool_errors": statistics.spoolErrors, "spool_corrupt": statistics.spoolCorrupt,
    ].mapValues { .integer($0) }
  }

  private func object(_ texts: [String: String]?) -> JSON { texts.map { .object($0.mapValues { .text($0) }) } ?? .null }
}

/// tpc.h's name of an error: `TPC_ERROR_QUEUE_FULL` for `queueFull`.
private func name(of code: TPCError.Code) -> String {
  if code == .invalidJSON { return "TPC_ERROR_INVALID_JSON" }
  return "TPC_ERROR_" + code.rawValue.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
}
