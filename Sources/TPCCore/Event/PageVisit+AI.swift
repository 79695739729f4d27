// SPDX-License-Identifier: Apache-2.0

extension PageVisit {
  /// The AI agent that the event's user agent names, else the one that the request's signature names.
  func aiAgent(_ added: AddedAgents?) -> AIAgent? {
    var decoded = ByteBuffer()
    return AIAgent.named(in: plain(.requestUserAgent, &decoded), added) ?? AIAgent.signing(as: signer.bytes, added)
  }

  /// What the visitor's address, as it came, says about the agent that the event names.
  @inline(never)
  func finding(_ verifier: AgentVerifier, _ agent: AIAgent) -> AgentVerification? {
    var decoded = ByteBuffer()
    return IPAddress(plain(.requestClientIp, &decoded)).flatMap { verifier.finding(agent, $0) }
  }

  /// What the request's signature shows about the agent that the event names: nothing, unless one of that agent's operator signs.
  @inline(never)
  func signature(of agent: AIAgent, _ added: AddedAgents?) -> AgentVerification? {
    guard let signature, let signing = AIAgent.signing(as: signer.bytes, added) else { return nil }
    return signing.operatorName.matches(agent.operatorName) ? signature : nil
  }

  /// The AI service whose answer the visitor came from.
  var aiAnswer: AIAnswer? {
    var referrer = ByteBuffer()
    var href = ByteBuffer()
    return AIAnswer.from(referrer: plain(.requestReferrer, &referrer), href: plain(.pageHref, &href))
  }

  /// A field's text, with JSON's escapes resolved if there are any: many writers escape slashes. Empty when the field has none.
  func plain(_ field: Field, _ decoded: inout ByteBuffer) -> Bytes {
    guard let text = value(field) else { return Bytes(start: nil, count: 0) }
    guard text.holds(UInt8(ascii: "\\")) else { return text }
    return JSONString.decode(text, into: &decoded) ? decoded.bytes : Bytes(start: nil, count: 0)
  }
}
