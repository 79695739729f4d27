// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Apache's `LogFormat`.
struct ApacheTemplate {
  let template: Template
  let time: TimeForm
  /// Whether the times have no offset.
  let isUTCAssumed: Bool

  private static let directives: [(letter: UInt8, value: TemplateValue, rank: UInt8)] = [
    (UInt8(ascii: "a"), .field(.client), 3), (UInt8(ascii: "h"), .field(.client), 2), (UInt8(ascii: "v"), .field(.host), 1),
    (UInt8(ascii: "V"), .field(.host), 1), (UInt8(ascii: "r"), .field(.requestLine), 1), (UInt8(ascii: "m"), .field(.method), 1),
    (UInt8(ascii: "U"), .field(.path), 1), (UInt8(ascii: "q"), .field(.query), 1), (UInt8(ascii: "H"), .protocolVersion, 1),
    (UInt8(ascii: "s"), .field(.status), 1), (UInt8(ascii: "b"), .field(.bytes), 2), (UInt8(ascii: "B"), .field(.bytes), 2),
    (UInt8(ascii: "O"), .field(.bytes), 1), (UInt8(ascii: "L"), .field(.requestID), 1), (UInt8(ascii: "p"), .port, 1),
    (UInt8(ascii: "D"), .number, 1), (UInt8(ascii: "T"), .number, 1), (UInt8(ascii: "I"), .number, 1), (UInt8(ascii: "S"), .number, 1),
    (UInt8(ascii: "k"), .number, 1), (UInt8(ascii: "P"), .number, 1), (UInt8(ascii: "A"), .ignored, 1), (UInt8(ascii: "f"), .ignored, 1),
    (UInt8(ascii: "l"), .ignored, 1), (UInt8(ascii: "u"), .ignored, 1), (UInt8(ascii: "X"), .ignored, 1), (UInt8(ascii: "R"), .ignored, 1),
    (UInt8(ascii: "C"), .ignored, 1), (UInt8(ascii: "e"), .ignored, 1), (UInt8(ascii: "i"), .ignored, 1), (UInt8(ascii: "n"), .ignored, 1),
    (UInt8(ascii: "o"), .ignored, 1), (UInt8(ascii: "x"), .ignored, 1), (UInt8(ascii: "c"), .ignored, 1), (UInt8(ascii: "g"), .ignored, 1),
  ]

  /// Fails for a directive that Apache does not have, a time that cannot be read, and what no template can have.
  static func read(_ text: Bytes) throws(UsageError) -> ApacheTemplate {
    var builder = TemplateBuilder()
    var time: ApacheTime?
    // Of a date and a time of day.
    var isUTCAssumed = false
    var at = 0
    while at < text.count {
      if text[at] == UInt8(ascii: "\\"), at + 1 < text.count {
        builder.add(unescaped(text[at + 1]))
        at += 2
      } else if text[at] != UInt8(ascii: "%") {
        builder.add(text[at])
        at += 1
      } else if at + 1 < text.count, text[at + 1] == UInt8(ascii: "%") {
        builder.add("%")
        at += 2
      } else {
        let directive = try ApacheDirective(text, at)
        at += directive.text.count
        if directive.letter == UInt8(ascii: "t") {
          try add(directive, to: &builder, &time, &isUTCAssumed)
        } else {
          builder.add(try value(of: directive), directive.text)
        }
      }
    }
    let template = try builder.finish(escapesTabs: true)
    return ApacheTemplate(
      template: template, time: time?.form ?? .combined, isUTCAssumed: (time?.isUTCAssumed ?? isUTCAssumed) && !template.hasOffset)
  }

  private static func unescaped(_ letter: UInt8) -> UInt8 {
    letter == UInt8(ascii: "t") ? 0x09 : letter == UInt8(ascii: "n") ? 0x0A : letter
  }

  private static func add(
    _ directive: ApacheDirective, to builder: inout TemplateBuilder, _ time: inout ApacheTime?, _ isUTCAssumed: inout Bool
  ) throws(UsageError) {
    let found = try ApacheTime(directive)
    if found.hasBrackets { builder.add("[") }
    if case .field(let field) = found.value, field == .time {
      // The first whole time counts.
      builder.add(time == nil ? RankedValue(field) : RankedValue(TemplateValue.ignored), directive.text)
      time = time ?? found
    } else {
      isUTCAssumed = isUTCAssumed || found.isUTCAssumed
      builder.add(RankedValue(found.value), directive.text)
    }
    if found.hasBrackets { builder.add("]") }
  }

  private static func value(of directive: ApacheDirective) throws(UsageError) -> RankedValue {
    let argument = directive.argument
    switch directive.letter {
    case UInt8(ascii: "i"): if let header = RequestHeader.named(argument) { return header }
    case UInt8(ascii: "e"): if argument.matches("UNIQUE_ID") { return RankedValue(.requestID, 2) }
    case UInt8(ascii: "x"): if argument.matches("SSL_PROTOCOL") || argument.matches("SSL_CIPHER") { return RankedValue(.encryption) }
    // The connection's other end, which is a proxy where mod_remoteip is in use.
    case UInt8(ascii: "a"), UInt8(ascii: "h"): if argument.matches("c") { return RankedValue(.client, 1) }
    case UInt8(ascii: "s"): if directive.isFinal { return RankedValue(.status, 2) }
    case UInt8(ascii: "T"): return RankedValue(TemplateValue.number)
    case UInt8(ascii: "^"): return RankedValue(TemplateValue.ignored)
    default: break
    }
    for row in directives where row.letter == directive.letter { return RankedValue(row.value, row.rank) }
    throw directive.unknown
  }
}

/// One directive, such as `%>s`, `%{Referer}i` or `%400,501{User-Agent}i`.
struct ApacheDirective {
  /// All of it.
  let text: Bytes
  /// What is in braces.
  let argument: Bytes
  /// What comes last; `^` stands for the longer names that begin with it.
  let letter: UInt8
  /// Whether it is of the last of internally redirected requests (`>`).
  let isFinal: Bool

  init(_ whole: Bytes, _ start: Int) throws(UsageError) {
    var at = start + 1
    var isFinal = false
    var argument = Bytes("")
    while at < whole.count {
      let byte = whole[at]
      if byte == UInt8(ascii: "{") {
        var end = at + 1
        while end < whole.count, whole[end] != UInt8(ascii: "}") { end += 1 }
        argument = whole.part(at + 1, end)
        at = end + 1
      } else if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: ",")
        || byte &- 0x30 < 10
      {
        isFinal = isFinal || byte == UInt8(ascii: ">")
        at += 1
      } else {
        break
      }
    }
    guard at < whole.count else { throw TemplateBuilder.usage("found a % without a directive's letter after it; expected one such as %h") }
    letter = whole[at]
    // %^FU, %^FB, %^ti and %^to
    let end = letter == UInt8(ascii: "^") ? at + 3 : at + 1
    text = whole.part(start, end)
    self.argument = argument
    self.isFinal = isFinal
  }

  var unknown: UsageError {
    var message = MessageBuilder()
    message.add(text)
    message.add(" is not a directive of Apache's LogFormat; expected one such as %h, %t, %r, %>s, %b or %{User-Agent}i")
    return UsageError(flag: Bytes("format"), message.text)
  }
}
