// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What `--format` asks for.
enum RequestedFormat {
  /// Each log's own format, by its first lines.
  case auto
  case named(FormatName, fields: Bytes?)
  /// nginx's `log_format`, Apache's `LogFormat`, or a JSON map of fields.
  case literal(Bytes)

  /// `fields` are the names of the log's fields, from `--fields`.
  init(_ text: Bytes?, fields: Bytes?) throws(UsageError) {
    let name = text.flatMap { FormatName.named($0) }
    if fields != nil, name?.takesFields != true { throw UsageError(flag: Bytes(Flag.fields.name), RequestedFormat.fieldsWithoutFormat) }
    guard let text, !text.matches("auto") else {
      self = .auto
      return
    }
    if let name {
      // Fails at once, and not when the log is opened.
      _ = try name.make(fields: fields)
      self = .named(name, fields: fields)
    } else if text.contains(UInt8(ascii: "$")) || text.contains(UInt8(ascii: "%")) || text.first == UInt8(ascii: "{") {
      self = .literal(text)
    } else {
      throw UsageError(flag: Bytes(Flag.format.name), RequestedFormat.unknown)
    }
  }

  private static var fieldsWithoutFormat: [UInt8] {
    var message = MessageBuilder()
    message.add("found a format whose fields are known; expected --format with one of")
    for format in FormatName.allCases where format.takesFields {
      message.add(" ")
      message.add(format.name)
    }
    return message.text
  }

  private static var unknown: [UInt8] {
    var message = MessageBuilder()
    message.add("found no format of that name; expected auto")
    for format in FormatName.allCases {
      message.add(", ")
      message.add(format.name)
    }
    message.add(", a log_format of nginx, a LogFormat of Apache, or a JSON map of fields")
    return message.text
  }

  /// A reader for a log; nil where its first lines decide.
  func make() throws(UsageError) -> LogFormat? {
    switch self {
    case .auto: nil
    case .named(let name, let fields): try name.make(fields: fields)
    case .literal(let text): JSONFormat.isLiteral(text) ? try JSONFormat.make(literal: text) : try TemplateFormat.make(literal: text)
    }
  }
}
