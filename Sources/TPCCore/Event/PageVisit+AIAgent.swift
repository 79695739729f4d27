// SPDX-License-Identifier: Apache-2.0

extension PageVisit {
  /// The AI agent named by the event's user agent. JSON escapes are resolved if there are any: many writers escape the
  /// slash after the name.
  var aiAgent: AIAgent? {
    guard let text = value(.requestUserAgent) else { return nil }
    guard text.holds(UInt8(ascii: "\\")) else { return AIAgent.named(in: text) }
    var decoded = ByteBuffer()
    return JSONString.decode(text, into: &decoded) ? AIAgent.named(in: decoded.bytes) : nil
  }
}
