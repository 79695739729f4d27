// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The JSON of a template, given as it is in a server's configuration: nginx's `log_format name escape=json
/// '{"time":"$time_iso8601",…}'`, or Apache's `LogFormat "{\"time\":\"%t\",…}"`.
enum TemplateLiteral {
  /// Appends the template with quotes around its variables, so that it is JSON. `false` when memory ran out.
  static func append(_ literal: Bytes, to json: inout ByteBuffer) -> Bool {
    var text = ByteBuffer()
    guard literal.first == UInt8(ascii: "{") ? appendBare(literal, to: &text) : appendQuoted(literal, to: &text) else { return false }
    return appendWithQuotes(text.bytes, to: &json)
  }

  /// Appends a template without the quotes around it; in Apache's configuration those within it are escaped.
  private static func appendBare(_ literal: Bytes, to text: inout ByteBuffer) -> Bool {
    guard let quote = literal.firstIndex(of: UInt8(ascii: "\"")), literal[quote - 1] == UInt8(ascii: "\\") else {
      return text.append(literal)
    }
    var at = 0
    while at < literal.count {
      if literal.part(at, at + 2).matches("\\\"") { at += 1 }
      guard text.append(literal[at]) else { return false }
      at += 1
    }
    return true
  }

  /// Appends what is between the literal's quotes: nginx joins the parts, and ends them with a semicolon.
  private static func appendQuoted(_ literal: Bytes, to text: inout ByteBuffer) -> Bool {
    var at = 0
    var quote: UInt8 = 0
    while at < literal.count {
      let byte = literal[at]
      at += 1
      if quote == 0 {
        if byte == UInt8(ascii: ";") { return true }
        if byte == UInt8(ascii: "#") { while at < literal.count, literal[at] != 0x0A { at += 1 } }
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { quote = byte }
      } else if byte == quote {
        quote = 0
      } else if byte == UInt8(ascii: "\\"), at < literal.count, literal[at] == quote {
        guard text.append(quote) else { return false }
        at += 1
      } else {
        guard text.append(byte) else { return false }
      }
    }
    return true
  }

  /// Numbers are variables without quotes around them.
  private static func appendWithQuotes(_ text: Bytes, to json: inout ByteBuffer) -> Bool {
    var isInString = false
    var at = 0
    while at < text.count {
      let byte = text[at]
      if isInString, byte == UInt8(ascii: "\\") {
        guard json.append(text.part(at, at + 2)) else { return false }
        at += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { isInString.toggle() }
      let end = isInString ? at : variableEnd(text, at)
      guard end > at else {
        guard json.append(byte) else { return false }
        at += 1
        continue
      }
      guard json.append("\""), json.append(text.part(at, end)), json.append("\"") else { return false }
      at = end
    }
    return true
  }

  /// The end of the variable that begins there; `start` if none does.
  private static func variableEnd(_ text: Bytes, _ start: Int) -> Int {
    guard text[start] == UInt8(ascii: "$") || text[start] == UInt8(ascii: "%") else { return start }
    var at = start + 1
    if text[start] == UInt8(ascii: "%") {
      while at < text.count, text[at] == UInt8(ascii: ">") || text[at] == UInt8(ascii: "<") { at += 1 }
    }
    if at < text.count, text[at] == UInt8(ascii: "{") {
      while at < text.count, text[at] != UInt8(ascii: "}") { at += 1 }
      at += 1
      if text[start] == UInt8(ascii: "$") { return min(at, text.count) }
    }
    if text[start] == UInt8(ascii: "%") { return min(at + 1, text.count) }
    while at < text.count, isOfName(text[at]) { at += 1 }
    return at
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_")
  }
}
