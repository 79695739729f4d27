// SPDX-License-Identifier: Apache-2.0

/// Reads the body of an answer other than 200: the contract's code, message and details. A body that is not valid is
/// not an error here, it just says nothing.
///
/// This runs on the sender's small stack, and anyone who answers in the endpoint's place chooses what it reads. So
/// nothing here recurses: the event's own reader checks and reads the text, up to `JSONSyntax.maximumDepth`.
struct ErrorBody: ~Copyable {
  private var texts = ByteBuffer()
  /// The ends of code and message in `texts`; the details come last.
  private var codeEnd = 0
  private var messageEnd = 0

  init(_ body: Bytes) {
    guard JSONSyntax.check(body) == nil else { return }
    var (code, message, details) = (Bytes(""), Bytes(""), Bytes(""))
    var cursor = JSONCursor(body)
    guard cursor.enterObject() else { return }
    while let key = cursor.nextMember() {
      let value = cursor.skipValue()
      if JSONString.equals(key, Bytes("code")) { code = value }
      if JSONString.equals(key, Bytes("message")) { message = value }
      if JSONString.equals(key, Bytes("details")) { details = value }
    }
    appendText(code)
    codeEnd = texts.count
    appendText(message)
    messageEnd = texts.count
    appendCompact(details)
  }

  /// The details; valid as long as this value.
  var words: OutcomeDetails {
    var words = OutcomeDetails(code: texts.bytes.part(0, codeEnd), message: texts.bytes.part(codeEnd, messageEnd))
    words.details = texts.bytes.part(messageEnd, texts.count)
    return words
  }

  /// Appends a string's text up to its first NUL, because reports are C strings. Appends nothing for any other value,
  /// or when memory ran out.
  private mutating func appendText(_ value: Bytes) {
    guard JSONCursor(value).kind == .string else { return }
    let start = texts.count
    guard JSONString.decode(value.part(1, value.count - 1), into: &texts) else { return texts.truncate(to: start) }
    if let end = texts.bytes.tail(start).firstIndex(of: 0) { texts.truncate(to: start + end) }
  }

  /// Appends a value without the whitespace between its parts. Appends nothing when memory ran out.
  private mutating func appendCompact(_ value: Bytes) {
    guard texts.reserve(value.count), let end = texts.base.map({ $0 + texts.count }) else { return }
    var (inString, isEscaped, count) = (false, false, 0)
    for byte in value {
      if !inString && isWhitespace(byte) { continue }
      end[count] = byte
      count &+= 1
      if byte == UInt8(ascii: "\"") && !isEscaped { inString.toggle() }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
    }
    texts.commit(count)
  }
}
