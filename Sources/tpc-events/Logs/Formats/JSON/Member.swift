// SPDX-License-Identifier: Apache-2.0

/// What a member of a log's JSON says about a request.
enum MemberMeaning {
  case field(LogField)
  /// The port that the visitor asked; it tells the scheme of a log that does not have it.
  case port
  /// Present, and neither false nor empty, when the visitor's connection had TLS.
  case tls
  /// A URL with its host, or only a target.
  case url
  /// What tells the lines of requests from other lines of the same log.
  case kind

  /// The index of the first meaning that is not a field.
  static let firstOther = 28

  var index: Int {
    switch self {
    case .field(let field): field.rawValue
    case .port: 28
    case .tls: 29
    case .url: 30
    case .kind: 31
    }
  }
}

/// Where a log has something: `request.headers.User-Agent[0]`.
struct Member {
  let path: StaticString
  let meaning: MemberMeaning

  init(_ path: StaticString, _ field: LogField) {
    self.path = path
    meaning = .field(field)
  }

  init(_ path: StaticString, _ meaning: MemberMeaning) {
    self.path = path
    self.meaning = meaning
  }
}
