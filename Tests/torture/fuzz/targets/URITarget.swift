// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

/// Any text as a URL: what is repaired is one that an event takes, and repairing it again changes nothing.
func fuzzURI(_ input: inout FuzzInput) {
  let text = input.remainder()
  let repaired = encode(text)
  guard let event = tpc_event_new() else { fatalError("memory ran out") }
  let isURI = Verdict { tpc_event_set(event, Int32(TPC_FIELD_PAGE_HREF.rawValue), text.start, text.count, $0) }.isOK
  checkParts(text.bytes)
  if let repaired {
    let verdict = Verdict { tpc_event_set(event, Int32(TPC_FIELD_PAGE_HREF.rawValue), repaired.start, repaired.count, $0) }
    demand(verdict.isOK, "an event takes what was repaired")
    demand(!isURI || repaired.bytes.matches(text.bytes), "a valid URL stays as it is")
    demand(encode(repaired)?.bytes.matches(repaired.bytes) == true, "what was repaired once needs no more repair")
    checkFinalBytes(event)
  } else {
    demand(!isURI, "a valid URL needs no repair")
  }
  tpc_event_free(event)
}

private func encode(_ text: FuzzText) -> FuzzText? {
  written { tpc_uri_encode(text.start, text.count, $0, $1, $2, $3) }
}

/// The parts of any text lie within it, in order.
private func checkParts(_ text: Bytes) {
  let parts = URI.Parts(text)
  var at = 0
  for part in [parts.scheme, parts.userinfo, parts.host, parts.port, parts.path, parts.query, parts.fragment] {
    guard let part else { continue }
    demand(part.lowerBound >= at && part.upperBound <= text.count, "parts follow one another, within the text")
    at = part.upperBound
  }
}
