// SPDX-License-Identifier: Apache-2.0

extension PageVisit {
  /// The AI agent that the event's user agent names, however JSON writes that: many a writer escapes the slash behind a name.
  var aiAgent: AIAgent? {
    guard let text = value(.requestUserAgent) else { return nil }
    guard text.holds(UInt8(ascii: "\\")) else { return AIAgent.named(in: text) }
    var decoded = ByteBuffer()
    return JSONString.decode(text, into: &decoded) ? AIAgent.named(in: decoded.bytes) : nil
  }
}
