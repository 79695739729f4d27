// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPC
import TPCCore

/// Any text as a web request, to clients of several rules: each makes a valid event of it, leaves it out for a rule that has a
/// name, or refuses it; and tracking it gives the same result.
func fuzzWebRequest(_ input: inout FuzzInput) {
  let client = requestClients[Int(input.byte()) % requestClients.count]
  let text = input.remainder()
  var event: OpaquePointer?
  var rule: UnsafePointer<CChar>?
  let verdict = Verdict { tpc_client_event_from_request(client, text.start, text.count, &event, &rule, $0) }
  demand(
    verdict.isOne(of: .ok, .invalidJSON, .invalidArgument, .invalidEvent, .tooLarge), "a request is read, or refused for what it is")
  demand(verdict.isOK == (event != nil || rule != nil), "a request that is read is a visit or left out")
  demand(event == nil || rule == nil, "a request that is left out is not a visit")
  if let rule { demand(ruleNames.contains { strcmp($0.utf8Start, rule) == 0 }, "a rule has a name") }
  checkTracking(client, text, verdict, rule)
  guard let event else { return }
  demand(Verdict { tpc_event_validate(event, $0) }.isOK, "a visit is a valid event")
  checkRoundTrip(event)
  checkFinalBytes(event)
  tpc_event_free(event)
}

private let ruleNames: [StaticString] = [
  "method", "status", "destination", "prefetch", "content_type", "asset", "machine_file", "path", "health_check", "local_host",
  "privacy_signal", "not_ai_agent", "not_ai",
]

private func checkTracking(_ client: OpaquePointer, _ text: FuzzText, _ expected: Verdict, _ rule: UnsafePointer<CChar>?) {
  let before = statistics(of: client)
  var again: UnsafePointer<CChar>?
  let verdict = Verdict { tpc_client_track_request(client, text.start, text.count, &again, $0) }
  let after = statistics(of: client)
  if expected.isOK && verdict.isOne(of: .tooLarge) {
    demand(text.count > 8 * 1024, "only a large visit is too large")
  } else {
    demand(verdict == expected && again == rule, "a request is tracked as its event is made")
  }
  let isTaken = verdict.isOK && again == nil
  demand(after.accepted - before.accepted == (isTaken ? 1 : 0), "what is taken is counted")
  demand(after.left_out - before.left_out == (again != nil ? 1 : 0), "what is left out is counted")
}

private nonisolated(unsafe) let requestClients: [OpaquePointer] = [
  client(["dry_run": "true", "log_level": "off"]),
  client(["dry_run": "true", "log_level": "off", "trusted_proxies": "private,192.0.2.0/24", "label_ai_agents": "true"]),
  client(["dry_run": "true", "log_level": "off", "only_ai_agents": "true", "exclude_paths": "/a*b*c,*.pdf"]),
  client(["dry_run": "true", "log_level": "off", "only_ai": "true", "label_ai_answers": "true"]),
  client(["dry_run": "true", "log_level": "off", "include_paths": "/docs/*,/*/x", "client_ip": "truncate"]),
]

/// Any text as a user agent.
func fuzzAgent(_ input: inout FuzzInput) {
  let text = input.remainder()
  var name: UnsafePointer<CChar>?
  var operatorName: UnsafePointer<CChar>?
  var purpose: UnsafePointer<CChar>?
  checkAnswer(text)
  let found = tpc_ai_agent(text.start, text.count, &name, &operatorName, &purpose)
  demand(found == 0 || found == 1, "an agent is there or not")
  demand(tpc_ai_agent(text.start, text.count, nil, nil, nil) == found, "the texts may be left out")
  guard found == 1 else {
    demand(name == nil && operatorName == nil && purpose == nil, "nobody has no name")
    return
  }
  guard let name, operatorName != nil, purpose != nil else { fatalError("not so: an agent has three texts") }
  let given = text.bytes.map { $0.lowercased }
  let token = (0..<strlen(name)).map { UInt8(bitPattern: name[$0]).lowercased }
  let isThere = given.withUnsafeBufferPointer { given in token.withUnsafeBufferPointer { holds(given, $0) } }
  demand(isThere, "the user agent holds the agent's name")
}

/// Any text as a referrer, and as a page's URL.
private func checkAnswer(_ text: FuzzText) {
  var evidence: UnsafePointer<CChar>?
  let byReferrer = tpc_ai_answer(text.start, text.count, text.start, text.count, nil, nil, &evidence)
  demand((byReferrer == 1) == (evidence != nil), "an answer has an evidence")
  let byURL = tpc_ai_answer(nil, 0, text.start, text.count, nil, nil, nil)
  demand(byReferrer == 1 || byURL == 0, "the referrer takes nothing away from the URL")
}
