// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("An event's values as Swift strings")
struct EventReadingTests {
  @Test("A field is read as it was set, with and without escapes; null and absent are apart")
  func fields() throws {
    let visit = try visit("https://example.com/") {
      try $0.set(.pageTitle, "\"Prices\"\n\u{1F4B6} \\ /")
      try $0.setNull(.sessionId)
    }
    #expect(visit.string(.pageHref) == "https://example.com/")
    #expect(visit.string(.pageTitle) == "\"Prices\"\n\u{1F4B6} \\ /")
    #expect(visit.string(.sessionId) == nil && visit.isNull(.sessionId))
    #expect(visit.string(.anonymousId) == nil && !visit.isNull(.anonymousId))
  }

  @Test("Properties are read with their types, numbers as they are written, and without other members")
  func properties() throws {
    let json = #"{"event":"page_visit","page":{"href":"x:y","own":1},"properties":{"a\"b":"c\nd","n":1e400,"t":true,"f":false,"z":null}}"#
    let read = try withBytes(json) { try PageVisit(json: $0).properties.map { "\($0.key)=\($0.value)" } }
    #expect(read == ["a\"b=string(\"c\\nd\")", "n=number(\"1e400\")", "t=boolean(true)", "f=boolean(false)", "z=null"])
  }

  @Test("Who signed a request goes with its event into another one")
  func signer() throws {
    var first = PageVisit()
    let none = first.requestSigner
    let isPut = first.signer.put("@chatgpt.com")
    #expect(none == nil && isPut)
    first.signature = AgentVerification(isVerified: true, evidence: .signature)
    var second = PageVisit()
    let signer = first.requestSigner
    try second.setRequestSigner(#require(signer))
    let (name, verification) = (string(second.signer.bytes), second.signature)
    #expect(name == "@chatgpt.com" && verification == AgentVerification(isVerified: true, evidence: .signature))
  }
}
