// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// How a line is put together: fields with the literal text between them.
struct Template {
  struct Field {
    var value: TemplateValue
    var rank: UInt8
    /// Between two quotes, which are not part of the literal texts then.
    var isQuoted = false
    /// The text after the field.
    var literal: Bytes
    /// As the template has it, for messages. Valid while the template is being made.
    let name: Bytes
  }

  /// The text before the first field.
  fileprivate(set) var opening: Bytes
  fileprivate(set) var fields: [Field]
  /// The first of the fields that a line need not have.
  fileprivate(set) var optional: Int
  /// The field after whose text no quote comes; -1 when there is none.
  fileprivate(set) var lastQuoted = -1

  /// Whether an offset from UTC follows the time.
  fileprivate(set) var hasOffset = false

  /// What holds the literal texts.
  fileprivate let memory: KeptText

  func has(_ field: LogField) -> Bool { fields.contains { $0.value.isField(field) } }
}

/// A text in memory of its own, which lasts as long as this.
final class KeptText {
  let bytes: Bytes

  /// Takes the text out of a buffer.
  init(_ buffer: inout ByteBuffer) {
    let count = buffer.count
    bytes = Bytes(start: buffer.take().map { UnsafePointer($0) }, count: count)
  }

  deinit { free(UnsafeMutablePointer(mutating: bytes.baseAddress)) }
}

/// Puts a template together from its parts, in their order.
struct TemplateBuilder: ~Copyable {
  private var literals = ByteBuffer()
  private var parts: [(value: RankedValue, name: Bytes, start: Int)] = []
  private var optional = Int.max

  mutating func add(_ literal: UInt8) { _ = literals.append(literal) }

  mutating func add(_ literal: StaticString) { _ = literals.append(literal) }

  /// `name` must last until the template is made.
  mutating func add(_ value: RankedValue, _ name: Bytes) { parts.append((value, name, literals.count)) }

  /// A line may end before the next part.
  mutating func makeRestOptional() { optional = parts.count }

  /// Fails for a template by which lines cannot be told apart into fields, or that lacks what each request has. Where the server
  /// `escapesTabs`, a tab shows where a visitor's text ends.
  consuming func finish(escapesTabs: Bool = false) throws(UsageError) -> Template {
    guard !parts.isEmpty else { throw TemplateBuilder.usage("found no field; expected a format such as '%h %l %u %t \"%r\" %>s %b'") }
    let memory = KeptText(&literals)
    let text = memory.bytes
    var template = Template(opening: text.part(0, parts[0].start), fields: [], optional: optional, memory: memory)
    for (at, part) in parts.enumerated() {
      let end = at + 1 < parts.count ? parts[at + 1].start : text.count
      template.fields.append(
        Template.Field(value: part.value.value, rank: part.value.rank, literal: text.part(part.start, end), name: part.name))
    }
    try template.join()
    template.unquote()
    try template.check(escapesTabs: escapesTabs)
    return template
  }

  static func usage(_ message: StaticString) -> UsageError { UsageError(flag: Bytes("format"), [UInt8](message)) }
}

extension Template {
  /// Joins fields that belong together and have nothing between them, such as the path and the query.
  fileprivate mutating func join() throws(UsageError) {
    var at = 0
    while at + 1 < fields.count {
      let (first, second) = (fields[at], fields[at + 1])
      if let joined = Template.joined(first, second) {
        if case .offset = second.value, first.value.isField(.time) { hasOffset = true }
        fields[at].value = joined
        fields[at].literal = second.literal
        fields.remove(at: at + 1)
        if optional != Int.max, optional > at { optional -= 1 }
      } else if first.literal.isEmpty {
        var message = MessageBuilder()
        message.add(first.name)
        message.add(" and ")
        message.add(second.name)
        message.add(" have nothing between them, so a line does not show where the one ends; expected a text or a space between two fields")
        throw UsageError(flag: Bytes("format"), message.text)
      } else {
        at += 1
      }
    }
  }

  private static func joined(_ first: Field, _ second: Field) -> TemplateValue? {
    if first.literal.matches(":"), case .port = second.value {
      if first.value.isField(.client) { return .clientAndPort }
      return first.value.isField(.host) ? first.value : nil
    }
    if first.value.isField(.time) {
      if first.literal.matches("."), case .fraction = second.value { return first.value }
      if first.literal.isEmpty || first.literal.matches(" "), case .offset = second.value { return first.value }
    }
    guard first.literal.isEmpty else { return nil }
    if first.value.isPassedOver, second.value.isPassedOver { return .ignored }
    if first.value.isField(.path) {
      if case .queryMark = second.value { return .pathAndArguments }
      return second.value.isField(.query) ? .field(.target) : nil
    }
    if case .pathAndArguments = first.value, second.value.isField(.query) { return .pathAndArguments }
    if first.value.isField(.host), second.value.isField(.target) || second.value.isField(.path) { return .hostAndTarget }
    if case .hostAndTarget = first.value {
      if case .queryMark = second.value { return .hostAndTarget }
      return second.value.isField(.query) ? .hostAndTarget : nil
    }
    return nil
  }

  /// Takes the quotes around a field out of the texts before and after it.
  fileprivate mutating func unquote() {
    let quote = UInt8(ascii: "\"")
    for at in fields.indices {
      let before = at > 0 ? fields[at - 1].literal : opening
      guard before.last == quote, fields[at].literal.first == quote else { continue }
      fields[at].isQuoted = true
      fields[at].literal = fields[at].literal.part(1, fields[at].literal.count)
      if at > 0 { fields[at - 1].literal = before.part(0, before.count - 1) } else { opening = before.part(0, before.count - 1) }
    }
    for (at, field) in fields.enumerated() {
      if field.isQuoted { lastQuoted = at }
      if field.literal.contains(quote) { lastQuoted = -1 }
      if case .quotedHeaders = field.value { lastQuoted = -1 }
    }
  }

  fileprivate func check(escapesTabs: Bool) throws(UsageError) {
    guard has(.time) || has(.date) && has(.timeOfDay) else {
      throw TemplateBuilder.usage("found no time; expected one such as $time_local, $time_iso8601 or $msec, or %t")
    }
    var hasTarget = has(.target) || has(.path)
    var isWhole = has(.requestLine)
    for field in fields {
      switch field.value {
      case .hostAndTarget, .pathAndArguments: hasTarget = true
      case .requestURL: isWhole = true
      default: break
      }
    }
    guard isWhole || has(.method) && hasTarget else {
      throw TemplateBuilder.usage(
        "found no request; expected $request, or $request_method with $request_uri or $uri; with Apache %r, or %m with %U%q")
    }
    try checkEnds(escapesTabs)
  }

  /// Whether each visitor's text has an end that can be seen.
  private func checkEnds(_ escapesTabs: Bool) throws(UsageError) {
    for at in fields.indices.dropLast() where fields[at].value.mayHaveSpaces && !fields[at].isQuoted {
      guard let first = fields[at].literal.first, LogWords.isBlank(first), fields[at].literal.count == 1 else { continue }
      if escapesTabs && first == 0x09 { continue }
      if fields[at + 1].isQuoted || fields[at + 1].value.isRecognizable { continue }
      var message = MessageBuilder()
      message.add(fields[at].name)
      message.add(" may have spaces in it, so a line does not show where it ends; expected quotes around it, or it as the last field")
      throw UsageError(flag: Bytes("format"), message.text)
    }
  }
}

// MARK: Bars

extension Template {
  /// After a visitor's text that ends at a bar, which visitors send, too: another bar may be that of the text.
  struct Doubt {
    fileprivate let isOfAgent: Bool

    func isRaised(by text: Bytes, of value: TemplateValue) -> Bool {
      guard let bar = text.firstIndex(of: UInt8(ascii: "|")) else { return false }
      // User agents have hardly ever a bar, and URLs do.
      guard isOfAgent, value.isField(.referrer), let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return true }
      return colon > bar || !text.part(colon + 1, colon + 3).matches("//")
    }
  }

  /// What is in doubt after the field of this index; nil where something else than a bar shows its end.
  func doubt(after index: Int) -> Doubt? {
    let value = fields[index].value
    var isVisitors = value.mayHaveSpaces
    switch value {
    case .field(.target), .field(.path), .field(.query), .hostAndTarget, .pathAndArguments: isVisitors = true
    default: break
    }
    guard isVisitors, index + 1 == fields.count || !fields[index + 1].isQuoted && !fields[index + 1].value.isRecognizable else { return nil }
    guard fields[index].literal.first(where: { !LogWords.isBlank($0) }) == UInt8(ascii: "|") else { return nil }
    return Doubt(isOfAgent: value.isField(.userAgent))
  }
}
