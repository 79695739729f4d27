// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A format as it was given: alone, or with the directive of the server's configuration around it.
struct FormatLiteral {
  enum Syntax { case nginx, apache, json }

  let syntax: Syntax
  /// Without the directive. Valid as long as the whole literal and this are.
  let text: Bytes
  /// What holds the text if it is not a part of the literal.
  private var memory: KeptText?
  /// Whether nginx was told to write texts as they come.
  private(set) var isPlain = false

  /// Fails for a text that is neither.
  init(_ whole: Bytes) throws(UsageError) {
    let given = FormatLiteral.trimmed(whole)
    if let rest = FormatLiteral.rest(of: given, after: "log_format") {
      var reader = QuotedArguments(rest)
      _ = reader.next()
      let (joined, isPlain) = FormatLiteral.joined(&reader)
      (memory, text, self.isPlain) = (joined, joined.bytes, isPlain)
      syntax = text.first == UInt8(ascii: "{") ? .json : .nginx
    } else if given.first == UInt8(ascii: "'") || FormatLiteral.isArgument(given) {
      var reader = QuotedArguments(given)
      // Apache's nickname, which may come after it, is not part of the format.
      let isApache = FormatLiteral.syntax(of: given) == .apache
      if isApache {
        text = reader.next()?.text ?? Bytes("")
      } else {
        let (joined, isPlain) = FormatLiteral.joined(&reader)
        (memory, text, self.isPlain) = (joined, joined.bytes, isPlain)
      }
      syntax = text.first == UInt8(ascii: "{") ? .json : isApache ? .apache : .nginx
    } else if let rest = FormatLiteral.rest(of: given, after: "LogFormat") {
      text = FormatLiteral.apacheArgument(rest, 0)
      syntax = .apache
    } else if let rest = FormatLiteral.rest(of: given, after: "CustomLog") {
      text = FormatLiteral.apacheArgument(rest, 1)
      syntax = .apache
    } else {
      text = given
      syntax = given.first == UInt8(ascii: "{") ? .json : FormatLiteral.syntax(of: given)
    }
    if syntax != .json, !text.contains(UInt8(ascii: "$")), !text.contains(UInt8(ascii: "%")) {
      throw TemplateBuilder.usage("found no field; expected nginx's $variables or Apache's %directives, such as '%h %l %u %t \"%r\" %>s %b'")
    }
  }

  /// Whether the text is an argument with its quotes, in which the other quotes are escaped.
  private static func isArgument(_ text: Bytes) -> Bool {
    guard text.first == UInt8(ascii: "\"") else { return false }
    for at in text.indices.dropLast() where text[at] == UInt8(ascii: "\\") && text[at + 1] == UInt8(ascii: "\"") { return true }
    return false
  }

  /// A `$` with a name is nginx's, unless there are directives of Apache's around it.
  private static func syntax(of text: Bytes) -> Syntax {
    var (variables, directives) = (0, 0)
    for at in text.indices.dropLast() {
      let next = text[at + 1]
      if text[at] == UInt8(ascii: "$"), next.lowercased &- 0x61 < 26 || next == UInt8(ascii: "{") || next == UInt8(ascii: "_") { variables += 1 }
      if text[at] == UInt8(ascii: "%"), next.lowercased &- 0x61 < 26 || next == UInt8(ascii: "{") || next == UInt8(ascii: ">") { directives += 1 }
    }
    return variables >= directives && variables > 0 ? .nginx : .apache
  }

  private static func trimmed(_ text: Bytes) -> Bytes {
    var (start, end) = (0, text.count)
    while start < end, text[start] <= 0x20 { start += 1 }
    while end > start, text[end - 1] <= 0x20 { end -= 1 }
    return text.part(start, end)
  }

  private static func rest(of text: Bytes, after directive: StaticString) -> Bytes? {
    let count = directive.bytes.count
    guard text.count > count, text.part(0, count).matchesIgnoringCase(directive), text[count] <= 0x20 else { return nil }
    return text.part(count, text.count)
  }

  /// nginx joins the arguments, without anything between them.
  private static func joined(_ reader: inout QuotedArguments) -> (text: KeptText, isPlain: Bool) {
    var text = ByteBuffer()
    var isPlain = false
    while let argument = reader.next() {
      if !argument.isQuoted, argument.text.part(0, 7).matches("escape=") {
        isPlain = argument.text.matches("escape=none")
        continue
      }
      QuotedArguments.append(argument.text, to: &text)
    }
    return (KeptText(&text), isPlain)
  }

  /// The format among Apache's arguments. Its escapes are read with its directives.
  private static func apacheArgument(_ rest: Bytes, _ index: Int) -> Bytes {
    var reader = QuotedArguments(rest)
    var argument = reader.next()
    for _ in 0..<index { argument = reader.next() }
    return argument?.text ?? Bytes("")
  }
}

/// The arguments of a directive: quoted texts and words. `;` ends them.
struct QuotedArguments {
  private let text: Bytes
  private var at = 0

  init(_ text: Bytes) { self.text = text }

  mutating func next() -> (text: Bytes, isQuoted: Bool)? {
    while at < text.count, text[at] <= 0x20 { at += 1 }
    guard at < text.count, text[at] != UInt8(ascii: ";") else { return nil }
    let quote = text[at]
    let start = at
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      while at < text.count, text[at] > 0x20, text[at] != UInt8(ascii: ";") { at += 1 }
      return (text.part(start, at), false)
    }
    at += 1
    while at < text.count, text[at] != quote { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
    let end = min(at, text.count)
    at = end + 1
    return (text.part(start + 1, end), true)
  }

  /// Appends an argument of nginx's without its escapes.
  static func append(_ text: Bytes, to buffer: inout ByteBuffer) {
    var at = 0
    while at < text.count {
      var byte = text[at]
      if byte == UInt8(ascii: "\\"), at + 1 < text.count {
        at += 1
        switch text[at] {
        case UInt8(ascii: "t"): byte = 0x09
        case UInt8(ascii: "n"): byte = 0x0A
        case UInt8(ascii: "r"): byte = 0x0D
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): byte = text[at]
        default:
          _ = buffer.append(byte)
          byte = text[at]
        }
      }
      _ = buffer.append(byte)
      at += 1
    }
  }
}
