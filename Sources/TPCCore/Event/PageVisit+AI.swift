// SPDX-License-Identifier: Apache-2.0

extension PageVisit {
  /// The AI agent named by the event's user agent.
  func aiAgent(_ added: AddedAgents?) -> AIAgent? {
    var decoded = ByteBuffer()
    return AIAgent.named(in: plain(.requestUserAgent, &decoded), added)
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
