// SPDX-License-Identifier: Apache-2.0

import Foundation
import TPCCore

/// Answers one call after the other with the client that `open` made last.
final class Driver {
  private(set) var client: Client?

  func answer(to request: JSON) -> JSON {
    do throws(Failure) {
      var answer = try result(of: request)
      answer["ok"] = .boolean(true)
      return .object(answer)
    } catch {
      return .object([
        "error": .object([
          "code": .text(name(of: error.status)), "field": .text(String(decoding: error.field, as: UTF8.self)),
          "message": .text(String(decoding: error.message, as: UTF8.self)),
        ])
      ])
    }
  }

  private func result(of request: JSON) throws(Failure) -> [String: JSON] {
    let timeout = request["timeout_ms"]?.integer ?? 0
    switch request["call"]?.text {
    case "open": try open(request)
    case "track": try track(request["event"] ?? .null)
    case "track_json": try track(json: request["text"]?.text ?? "")
    case "track_request": return ["left_out": try trackRequest(request["request"] ?? .null)]
    case "ai_agent": return ["agent": try agent(in: request["user_agent"]?.text ?? "")]
    case "ai_answer":
      return ["answer": try answer(request["referrer"]?.text ?? "", request["href"]?.text ?? "")]
    case "flush": return ["pending": .integer(try opened.flush(timeoutMilliseconds: timeout))]
    case "close": return ["undelivered": .integer(opened.close(timeoutMilliseconds: timeout))]
    case "release":
      opened.release()
      client = nil
    case "log": return ["log": .list(try logLines())]
    case "stats": return ["stats": .object(numbers(opened.statistics))]
    case "reports": return ["reports": .list(try reports())]
    case let call: fatalError("unknown call: \(call ?? "(none)")")
    }
    return [:]
  }

  private var opened: Client {
    guard let client else { fatalError("the first call has to be open") }
    return client
  }

  // MARK: Options

  private func open(_ request: JSON) throws(Failure) {
    client?.close(timeoutMilliseconds: 0)
    var options = Options()
    if request["environment"]?.isFalse != true { try options.loadEnvironment() }
    for (name, value) in request["options"]?.members ?? [:] {
      try withBytes(name) { name throws(Failure) in
        try withBytes(optionText(value)) { value throws(Failure) in try options.set(name, value) }
      }
    }
    client = try Client(options)
  }

  private func optionText(_ value: JSON) -> String {
    switch value {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    default: value.text ?? ""
    }
  }

  // MARK: Events

  /// With the setters, as a Swift program does; what these cannot express goes as JSON.
  private func track(_ event: JSON) throws(Failure) {
    if EventShape.isSettable(event) {
      var visit = PageVisit()
      try EventShape.fill(&visit, from: event)
      try opened.track(visit)
      return
    }
    // The name is the library's to fill in, for setters; JSON has to have it.
    let named = (event.members ?? [:]).merging(["event": .text("page_visit")]) { given, _ in given }
    guard let data = try? JSON.object(named).data else { fatalError("an event that is not JSON") }
    try track(json: String(decoding: data, as: UTF8.self))
  }

  private func track(json: String) throws(Failure) {
    let client = opened
    try withBytes(json) { json throws(Failure) in try client.track(json: json) }
  }

  // MARK: Web requests and agents

  private func trackRequest(_ request: JSON) throws(Failure) -> JSON {
    guard let data = try? request.data else { fatalError("a request that is not JSON") }
    let client = opened
    var result = TrackResult.queued
    try withBytes(String(decoding: data, as: UTF8.self)) { json throws(Failure) in
      result = try client.track(request: json)
    }
    guard case .leftOut(let rule) = result else { return .null }
    return .text("\(rule.name)")
  }

  private func agent(in userAgent: String) throws(Failure) -> JSON {
    var agent: AIAgent?
    try withBytes(userAgent) { text throws(Failure) in agent = AIAgent.named(in: text) }
    guard let agent else { return .null }
    return .object([
      "name": .text(text(agent.name)), "operator": .text(text(agent.operatorName)), "purpose": .text("\(agent.purpose.name)"),
    ])
  }

  private func answer(_ referrer: String, _ href: String) throws(Failure) -> JSON {
    var answer: AIAnswer?
    try withBytes(referrer) { referrer throws(Failure) in
      try withBytes(href) { href throws(Failure) in answer = AIAnswer.from(referrer: referrer, href: href) }
    }
    guard let answer else { return .null }
    return .object([
      "name": .text(text(answer.name)), "operator": .text(text(answer.operatorName)),
      "evidence": .text("\(answer.evidence.name)"),
    ])
  }

  private func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

  // MARK: What became of them

  private func logLines() throws(Failure) -> [JSON] {
    var lines: [JSON] = []
    while try KeptLines.take({ lines.append(.text(text($0))) }) {}
    return lines
  }

  private func reports() throws(Failure) -> [JSON] {
    var reports: [JSON] = []
    while let report = try opened.poll(timeoutMilliseconds: 0) {
      reports.append(
        .object([
          "outcome": .text("\(report.outcome)"), "event_id": .text(report.eventID),
          "http_status": .integer(Int(report.httpStatus)), "attempts": .integer(Int(report.attempts)),
          "code": .text(report.code), "message": .text(report.message), "details": .text(report.details),
          "received_at": .text(report.receivedAt),
        ]))
    }
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
    ].mapValues { .integer(Int($0)) }
  }
}

/// tpc.h's name of a status.
private func name(of status: Status) -> String {
  switch status {
  case .ok: "TPC_OK"
  case .invalidArgument: "TPC_ERROR_INVALID_ARGUMENT"
  case .invalidOption: "TPC_ERROR_INVALID_OPTION"
  case .invalidEvent: "TPC_ERROR_INVALID_EVENT"
  case .invalidJSON: "TPC_ERROR_INVALID_JSON"
  case .tooLarge: "TPC_ERROR_TOO_LARGE"
  case .queueFull: "TPC_ERROR_QUEUE_FULL"
  case .closed: "TPC_ERROR_CLOSED"
  case .timeout: "TPC_ERROR_TIMEOUT"
  case .noMemory: "TPC_ERROR_NO_MEMORY"
  case .bufferTooSmall: "TPC_ERROR_BUFFER_TOO_SMALL"
  case .system: "TPC_ERROR_SYSTEM"
  }
}

/// The UTF-8 of a text for the length of a call.
func withBytes(_ text: String, _ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
  var result: Result<Void, Failure> = .success(())
  Array(text.utf8).withUnsafeBufferPointer { bytes in
    do throws(Failure) { try body(bytes) } catch { result = .failure(error) }
  }
  try result.get()
}
