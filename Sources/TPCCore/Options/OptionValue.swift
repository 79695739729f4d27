// SPDX-License-Identifier: Apache-2.0

/// Parses an option's value from text, or describes what the option accepts.
enum OptionValue {
  /// The value as a number: 0 or 1 for a boolean, the index of a choice among its words, NaN for accepted text.
  static func parse(_ row: OptionRow, _ value: Bytes, _ name: [UInt8]) throws(Failure) -> Double {
    switch row.kind {
    case .text, .secret, .cookie:
      if row.isSecret && isQuoted(value) {
        throw Failure(.invalidOption, field: name, message: [UInt8](Bytes("found quotes around the value; expected it without them")))
      }
      guard let flaw = textFlaw(value) ?? (row.isCookie ? cookieFlaw(value) : nil) else { return .nan }
      throw Failure(.invalidOption, field: name, flaw: flaw)
    case .integer(let range):
      let isNegative = range.lowerBound < 0 && value.first == UInt8(ascii: "-")
      if let size = Decimal.value(isNegative ? value.tail(1) : value) {
        let number = isNegative ? -size : size
        if range.contains(number) { return Double(number) }
      }
    case .ratio:
      if let number = ratio(value) { return number }
    case .boolean:
      if let number = boolean(value) { return number }
    case .choice(let words):
      if let index = index(of: value, among: words.bytes) { return Double(index) }
    }
    throw refusal(row, value, name)
  }

  /// Whether quotes are around a value: container tools pass on those of their files.
  private static func isQuoted(_ value: Bytes) -> Bool {
    guard value.count > 1, let last = value.last, last == value[0] else { return false }
    return last == UInt8(ascii: "\"") || last == UInt8(ascii: "'")
  }

  /// The first flaw in a text. Control characters are refused: a CR or LF would start another header, and a NUL would
  /// end the value early.
  private static func textFlaw(_ value: Bytes) -> Flaw? {
    if value.count > Options.maximumBytes {
      return Flaw(offset: Options.maximumBytes, found: "more text", expected: "at most 4,096 bytes")
    }
    for (offset, byte) in value.enumerated() where byte < 0x20 || byte == 0x7F {
      return Flaw(offset: offset, found: "a control character", expected: "text without control characters")
    }
    return UTF8Text.check(value)
  }

  /// The first character that a cookie may not contain (RFC 6265, 4.1.1, cookie-octet): it would end the cookie and
  /// begin the next.
  private static func cookieFlaw(_ value: Bytes) -> Flaw? {
    for (offset, byte) in value.enumerated() {
      switch byte {
      case 0x20, 0x22, 0x2C, 0x3B, 0x5C, 0x80...0xFF:
        return Flaw(offset: offset, found: "a character that a cookie cannot contain", expected: "the session token exactly as issued")
      default: continue
      }
    }
    return nil
  }

  /// Splits a list at its commas. Spaces around entries are dropped, and so are empty entries.
  static func list(_ value: [UInt8]) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var entry: [UInt8] = []
    var length = 0
    for byte in value + [UInt8(ascii: ",")] {
      if byte == UInt8(ascii: ",") {
        if length > 0 { entries.append(Array(entry.prefix(length))) }
        (entry, length) = ([], 0)
      } else if byte != 0x20 || length > 0 {
        entry.append(byte)
        if byte != 0x20 { length = entry.count }
      }
    }
    return entries
  }

  /// Parses a decimal fraction from 0 to 1, such as "0.25".
  /// A number from 0 to 1, also as languages write small ones: 1e-05, 1.0E-5.
  private static func ratio(_ value: Bytes) -> Double? {
    let end = value.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? value.count
    guard var number = decimal(value.part(0, end)) else { return nil }
    if end < value.count {
      guard value.count > end &+ 2, value[end &+ 1] == UInt8(ascii: "-"), let tens = Decimal.value(value.tail(end &+ 2)), tens < 309
      else { return nil }
      var power = 1.0
      for _ in 0..<tens { power *= 10 }
      number /= power
    }
    return number <= 1 ? number : nil
  }

  /// Digits, with or without a point among them. More than a double can tell apart count as none.
  private static func decimal(_ value: Bytes) -> Double? {
    var number = 0.0
    var scale = 0.0
    var (digits, significant) = (0, 0)
    for byte in value {
      if byte == UInt8(ascii: ".") && scale == 0 {
        scale = 1
      } else if byte >= 0x30 && byte <= 0x39 {
        digits += 1
        if significant > 0 || byte > 0x30 { significant += 1 }
        guard significant <= 18 else { if scale == 0 { return nil } else { continue } }
        number = number * 10 + Double(byte - 0x30)
        scale *= 10
      } else {
        return nil
      }
    }
    guard digits > 0 else { return nil }
    return scale > 0 ? number / scale : number
  }

  private static func boolean(_ value: Bytes) -> Double? {
    for word in ["true", "1", "yes", "on"] as [StaticString] where value.matches(word) { return 1 }
    for word in ["false", "0", "no", "off"] as [StaticString] where value.matches(word) { return 0 }
    return nil
  }

  private static func index(of value: Bytes, among words: Bytes) -> Int? {
    var index = 0
    for word in Words(words, separator: UInt8(ascii: "|")) {
      if value.matches(word) { return index }
      index += 1
    }
    return nil
  }

  private static func refusal(_ row: OptionRow, _ value: Bytes, _ name: [UInt8]) -> Failure {
    var message = MessageBuilder()
    message.add("found ")
    message.add(value.count == 0 ? "an empty text" : "another value")
    message.add("; expected ")
    message.add(accepted(row.kind))
    return Failure(.invalidOption, field: name, message: message.text)
  }

  /// A description of the values that an option accepts.
  static func accepted(_ kind: OptionKind) -> [UInt8] {
    var words = MessageBuilder()
    switch kind {
    case .text, .secret, .cookie: words.add("text")
    case .integer(let range):
      words.add("a whole number from ")
      words.add(Int(range.lowerBound))
      words.add(" to ")
      words.add(Int(range.upperBound))
    case .ratio: words.add("a number from 0 to 1")
    case .boolean: words.add("true or false")
    case .choice(let choices):
      for word in Words(choices.bytes, separator: UInt8(ascii: "|")) {
        if !words.text.isEmpty { words.add(", ") }
        words.add(word)
      }
    }
    return words.text
  }
}
