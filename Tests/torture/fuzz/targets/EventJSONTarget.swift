// SPDX-License-Identifier: Apache-2.0

import CTPC
@testable import TPCCore

/// Any text as an event's JSON: what is refused is refused alike everywhere; what is read is written so that it reads the same.
func fuzzEventJSON(_ input: inout FuzzInput) {
  let text = input.remainder()
  var event: OpaquePointer?
  let verdict = Verdict { tpc_event_from_json(text.start, text.count, &event, $0) }
  demand(verdict.isOK == (event != nil), "there is an event exactly when the call went well")
  demand(
    verdict.isOK || verdict.isOne(of: .invalidJSON, .invalidEvent, .tooLarge), "a text is refused for its syntax, its content or its size")
  checkTracking(text, verdict)
  guard let event else { return }
  demand(Verdict { tpc_event_validate(event, $0) }.isOK, "what was read is valid")
  checkRoundTrip(event)
  checkFinalBytes(event)
  tpc_event_free(event)
}

/// Writes the event, reads that and writes it again: both texts have to be the same.
func checkRoundTrip(_ event: OpaquePointer) {
  let first = json(of: event)
  var again: OpaquePointer?
  let verdict = Verdict { tpc_event_from_json(first.start, first.count, &again, $0) }
  // What makes an event of its fields is written around them, and may be what is too much.
  if verdict.isOne(of: .tooLarge), first.count > Limit.eventBytes { return }
  demand(verdict.isOK, "what was written can be read")
  guard let again else { return }
  demand(json(of: again).bytes.matches(first.bytes), "what was read again is the same")
  tpc_event_free(again)
}

/// `track_json` says what `from_json` says, and counts it. Nothing is sent.
private func checkTracking(_ text: FuzzText, _ expected: Verdict) {
  let before = statistics(of: dryClient)
  let verdict = Verdict { tpc_client_track_json(dryClient, text.start, text.count, $0) }
  let after = statistics(of: dryClient)
  // A client's own limit, max_event_bytes, is lower.
  if expected.isOK && verdict.isOne(of: .tooLarge) {
    demand(text.count > 16 * 1024, "only a large event is too large")
  } else {
    demand(verdict == expected, "an event is tracked exactly when it can be read, and refused with the same words")
  }
  demand(after.accepted - before.accepted == (verdict.isOK ? 1 : 0), "what is taken is counted")
  let refused = after.refused_invalid + after.refused_too_large - before.refused_invalid - before.refused_too_large
  demand(refused == (verdict.isOK ? 0 : 1), "what is refused is counted")
}

/// What would be sent: JSON that reads back as an event, whatever had to be filled in, redacted or cut.
func checkFinalBytes(_ event: OpaquePointer) {
  let visit = UnsafeMutablePointer<PageVisit>(event)
  for settings in [full, reduced] {
    guard let body = finalBody(of: visit.pointee, settings) else { continue }
    // The body is the event's own, so it is copied before the event is asked for anything else.
    let sent = FuzzText(body.bytes)
    let id = sent.bytes.part(Int(body.id.offset), Int(body.id.offset) + Int(body.id.length))
    demand(!id.isEmpty && JSONString.scan(id).flaw == nil, "an event that is sent has an id")
    var read: OpaquePointer?
    demand(Verdict { tpc_event_from_json(sent.start, sent.count, &read, $0) }.isOK, "what is sent is a valid event")
    tpc_event_free(read)
  }
}

/// Nil for an event that its final bytes make too large.
func finalBody(of visit: borrowing PageVisit, _ settings: CompletionSettings) -> EventWorkspace? {
  do throws(Failure) {
    if case .body(let body) = try Completion.complete(visit, settings, random: { (0x0123_4567_89AB_CDEF, 0xFEDC_BA98) }) {
      return body
    }
    fatalError("not so: without sample_rate every event is sent")
  } catch {
    demand(error.status == .tooLarge, "a valid event can be completed")
    return nil
  }
}

private let full = settings([:])
private let reduced = settings(["client_ip": "truncate", "redact_query": "token,a,%,?", "label_ai_agents": "true"])

private func settings(_ values: [String: String]) -> CompletionSettings {
  var options = Options()
  do throws(Failure) {
    for (name, value) in values {
      let (name, value) = (FuzzText(Array(name.utf8)), FuzzText(Array(value.utf8)))
      try options.set(name.bytes, value.bytes)
    }
    try options.set(.maxEventBytes, "1048576")
    return try CompletionSettings(options)
  } catch {
    fatalError("\(error)")
  }
}
