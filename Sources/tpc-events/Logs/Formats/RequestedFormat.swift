// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What `--format` asks for.
enum RequestedFormat {
  /// Each log's own format, by its first lines.
  case auto
  case named(FormatName)
  /// nginx's `log_format`, Apache's `LogFormat`, or a JSON map of fields.
  case literal(Bytes)

  init(_ text: Bytes?) throws(UsageError) {
    guard let text, !text.matches("auto") else {
      self = .auto
      return
    }
    if let name = FormatName.named(text) {
      self = .named(name)
    } else if text.contains(UInt8(ascii: "$")) || text.contains(UInt8(ascii: "%")) || text.first == UInt8(ascii: "{") {
      self = .literal(text)
    } else {
      throw UsageError(flag: Bytes(Flag.format.name), RequestedFormat.unknown)
    }
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
    case .named(let name): name.make()
    case .literal(let text): JSONFormat.isLiteral(text) ? try JSONFormat.make(literal: text) : try TemplateFormat.make(literal: text)
    }
  }
}
