// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What a field of a template is.
enum TemplateValue {
  /// Passed over.
  case ignored
  /// Passed over; it is a number, or a list of them.
  case number
  /// Passed over: `HTTP/1.1`.
  case protocolVersion
  case port
  /// A fraction of a second, and an offset from UTC, which belong to a time before them.
  case fraction, offset
  /// The `?` before a query, or nothing.
  case queryMark
  case field(LogField)
  /// An address and a port, also without brackets around an IPv6 address.
  case clientAndPort
  /// Host and target without a space between them.
  case hostAndTarget
  /// A path and its query, where a query that is missing is a `-`.
  case pathAndArguments
  /// A request line with a whole URL in it.
  case requestURL
  /// Something that only an encrypted connection has.
  case encryption
  /// HAProxy's name of a frontend, which ends in `~` when the connection was encrypted.
  case frontend
  /// The headers that HAProxy captured: in braces, or each one quoted.
  case bracedHeaders, quotedHeaders

  func isField(_ wanted: LogField) -> Bool {
    if case .field(let field) = self { return field == wanted }
    return false
  }

  var isPassedOver: Bool {
    switch self {
    case .ignored, .number, .protocolVersion, .port, .queryMark, .fraction, .offset: true
    default: false
    }
  }

  /// Whether the text may have spaces in it, so that a space cannot show where it ends.
  var mayHaveSpaces: Bool {
    if case .field(let field) = self { return field == .userAgent || field == .referrer || field == .requestLine }
    if case .requestURL = self { return true }
    return false
  }

  /// Whether the text from `start` may go on after the space at `end`: a visitor's own text may, and a list with a comma or colon there.
  func maySpan(_ line: Bytes, _ start: Int, _ end: Int) -> Bool {
    if mayHaveSpaces { return true }
    switch self {
    case .field(.target), .field(.path), .hostAndTarget, .pathAndArguments: return true
    case .number, .field(.forwardedFor), .field(.client):
      let isList = end > start && (line[end - 1] == UInt8(ascii: ",") || line[end - 1] == UInt8(ascii: ":"))
      return isList || end + 1 < line.count && line[end + 1] == UInt8(ascii: ":")
    case .field(.time): return end + 1 < line.count && (line[end + 1] == UInt8(ascii: "+") || line[end + 1] == UInt8(ascii: "-"))
    default: return false
    }
  }

  /// Whether a field can begin with these bytes of the line. A literal text that occurs within a visitor's own text is told by this.
  func canBegin(_ line: Bytes, _ at: Int) -> Bool {
    guard at < line.count else { return false }
    let first = line[at]
    switch self {
    case .number, .port, .fraction: return first &- 0x30 < 10 || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
    case .protocolVersion: return first == UInt8(ascii: "-") || line.part(at, at + 5).matches("HTTP/")
    case .field(let field):
      switch field {
      case .status:
        return TemplateValue.isStatus(line, at)
      case .bytes: return first &- 0x30 < 10 || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
      case .time, .date, .timeOfDay: return first &- 0x30 < 10
      default: return true
      }
    default: return true
    }
  }

  /// Whether a status is there, and nothing else: three digits, a `-`, or the 0 or -1 that a proxy writes for an answer that never came.
  private static func isStatus(_ line: Bytes, _ start: Int) -> Bool {
    let isNegative = line[start] == UInt8(ascii: "-")
    let first = isNegative ? start + 1 : start
    var end = first
    while end < line.count, line[end] &- 0x30 < 10 { end += 1 }
    let isNone = end - first == 1 && (isNegative || line[first] == UInt8(ascii: "0"))
    guard end - first == 3 || isNone || isNegative && end == first else { return false }
    guard end < line.count else { return true }
    let next = line[end]
    return next != UInt8(ascii: "/") && next != UInt8(ascii: ".") && next != UInt8(ascii: ":") && !(next.lowercased &- 0x61 < 26)
  }

  /// Whether what follows a text of any bytes shows where that text ends.
  var isRecognizable: Bool {
    switch self {
    case .number, .port, .protocolVersion: true
    case .field(let field):
      switch field {
      case .status, .bytes, .time, .date, .timeOfDay: true
      default: false
      }
    default: false
    }
  }
}

/// A field of a template with its rank: of several that have the same, such as `$host` and `$server_name`, the highest counts that a line has.
struct RankedValue {
  let value: TemplateValue
  let rank: UInt8

  init(_ value: TemplateValue, _ rank: UInt8 = 1) {
    self.value = value
    self.rank = rank
  }

  init(_ field: LogField, _ rank: UInt8 = 1) { self.init(.field(field), rank) }
}
