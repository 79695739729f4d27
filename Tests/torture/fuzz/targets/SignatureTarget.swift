// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPC
@testable import TPCCore

/// Any texts as the three headers of a signed request: what is read of a structured field is part of it and is read again as the
/// same, and what verifies covers the sender that the request names.
func fuzzSignature(_ input: inout FuzzInput) {
  let agent = input.text()
  let signature = input.text()
  let signed = input.remainder()
  for text in [agent, signature, signed] { checkField(text.bytes) }
  guard let event = event(agent, signed, signature) else { return }
  if !agent.bytes.isEmpty, UnsafePointer<PageVisit>(event).pointee.signature?.isVerified == true {
    demand(holds(agent.bytes, Bytes("//chatgpt.com")), "the key is of the host that the request names")
    demand(holds(signed.bytes, Bytes("\"signature-agent\"")), "the signature covers its sender")
  }
  tpc_event_free(event)
}

/// The members of a field, in order, within the text.
private func checkField(_ text: Bytes) {
  var field = StructuredField(text)
  var at = 0
  while let member = field.nextMember() {
    demand(!member.key.isEmpty, "a member has a key")
    for part in [member.key, member.value] where !part.isEmpty {
      let start = offset(of: part, in: text)
      demand(start >= at && start + part.count <= text.count, "what is read is part of the text")
      at = start + part.count
    }
    guard member.value.first != UInt8(ascii: ";"), !member.value.isEmpty else { continue }
    var again = StructuredField(member.value)
    demand(again.readValue() && again.isAtEnd, "a member's value is read again as one")
  }
  demand(field.isMalformed || field.isAtEnd, "a field is read to its end")
}

private func offset(of part: Bytes, in text: Bytes) -> Int {
  guard let start = part.baseAddress, let base = text.baseAddress else { return 0 }
  return start - base
}

/// The event of a request of the time when the corpus's signatures were made.
private func event(_ agent: FuzzText, _ signed: FuzzText, _ signature: FuzzText) -> OpaquePointer? {
  let count = Int(TPC_REQUEST_SIGNATURE.rawValue) + 1
  var values = [UnsafePointer<CChar>?](repeating: nil, count: count)
  var lengths = [Int](repeating: 0, count: count)
  for (part, text) in [(TPC_REQUEST_METHOD, "GET"), (TPC_REQUEST_SCHEME, "https"), (TPC_REQUEST_HOST, "example.com"), (TPC_REQUEST_TARGET, "/a")] {
    let text = FuzzText(Array(text.utf8))
    (values[Int(part.rawValue)], lengths[Int(part.rawValue)]) = (text.start, text.count)
  }
  for (part, text) in [(TPC_REQUEST_SIGNATURE_AGENT, agent), (TPC_REQUEST_SIGNATURE_INPUT, signed), (TPC_REQUEST_SIGNATURE, signature)] {
    (values[Int(part.rawValue)], lengths[Int(part.rawValue)]) = (text.start, text.count)
  }
  var event: OpaquePointer?
  let verdict = Verdict { tpc_client_event_from_request_fields(signingClient.client, values, lengths, count, signingClient.then, &event, nil, $0) }
  demand(verdict.isOK && event != nil, "a signature takes no visit away")
  var verified: Int32 = 2
  let found = tpc_client_ai_agent(signingClient.client, values, lengths, count, nil, nil, nil, &verified)
  demand(found == 0 ? verified == -1 : found == 1 && abs(verified) <= 1, "an agent is there or not, and so is what is known about it")
  return event
}

/// A client that knows one key, and an event of 2027-01-15.
private nonisolated(unsafe) let signingClient: (client: OpaquePointer, then: OpaquePointer) = {
  let key = #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"oj0GcZ0ACxxgsxjl2UBeC28luW0iOXCq9CZexTNXANQ"}]}"#
  var folder = Array("/tmp/tpc-fuzz-XXXXXX".utf8CString)
  guard mkdtemp(&folder) != nil, let then = tpc_event_new() else { fatalError("no folder") }
  let path = String(decoding: folder.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let file = fopen(path + "/chatgpt.com.json", "w")
  fputs(key, file)
  fclose(file)
  let made = client(["dry_run": "true", "log_level": "off", "ai_keys_dir": path])
  // It keeps what it has read.
  unlink(path + "/chatgpt.com.json")
  rmdir(path)
  let time = FuzzText(Array("2027-01-15T08:00:00.000Z".utf8))
  demand(Verdict { tpc_event_set(then, Int32(TPC_FIELD_OCCURRED_AT.rawValue), time.start, time.count, $0) }.isOK, "the time is one")
  return (made, then)
}()
