// SPDX-License-Identifier: Apache-2.0

/// A web request as a framework tells it: what of it decides on the visit, and nothing else. Read from the JSON that
/// `tpc_client_track_request` documents.
struct WebRequest: ~Copyable {
  /// The texts of a request, in the order of `Part.names`.
  enum Part: Int, CaseIterable {
    case method, scheme, host, target, remoteAddress
    case userAgent, referer, forwarded, forwardedFor, forwardedProto, forwardedHost
    case purpose, secPurpose, xPurpose, xMoz, fetchDestination

    static let count = 16

    var isHeader: Bool { rawValue >= Part.userAgent.rawValue }

    /// The member's name, or the header's.
    var name: StaticString {
      switch self {
      case .method: "method"
      case .scheme: "scheme"
      case .host: "host"
      case .target: "target"
      case .remoteAddress: "remoteAddress"
      case .userAgent: "user-agent"
      case .referer: "referer"
      case .forwarded: "forwarded"
      case .forwardedFor: "x-forwarded-for"
      case .forwardedProto: "x-forwarded-proto"
      case .forwardedHost: "x-forwarded-host"
      case .purpose: "purpose"
      case .secPurpose: "sec-purpose"
      case .xPurpose: "x-purpose"
      case .xMoz: "x-moz"
      case .fetchDestination: "sec-fetch-dest"
      }
    }
  }

  private var text = ByteBuffer()
  private var spans = GrowableArray<PageVisit.Span?>()
  /// The answer's status; nil when it is not told.
  private(set) var status: Int?
  /// What the application adds: an event's JSON, whole or in part. A view of the text that was read.
  private(set) var event: Bytes?

  /// Nil when the request does not tell it.
  func part(_ part: Part) -> Bytes? {
    guard let span = spans[part.rawValue] ?? nil else { return nil }
    return text.bytes.part(Int(span.offset), Int(span.offset) &+ Int(span.length))
  }

  /// The view of `event` is good for as long as `json` is.
  init(_ json: Bytes) throws(Failure) {
    guard json.count <= Limit.eventBytes else { throw FieldRule.eventTooLarge() }
    if let flaw = JSONSyntax.check(json) { throw Failure(flaw.isLimit ? .tooLarge : .invalidJSON, field: [], flaw: flaw) }
    for _ in Part.allCases where !spans.append(nil) { throw .outOfMemory }
    var cursor = JSONCursor(json)
    guard cursor.enterObject() else { throw WebRequest.wrong([], "an object") }
    while let key = cursor.nextMember() { try read(key, cursor.skipValue()) }
    if part(.method) == nil { throw WebRequest.missing("/method", "the request's method") }
    if part(.target) == nil { throw WebRequest.missing("/target", "the request's path and query") }
  }

  private mutating func read(_ key: Bytes, _ value: Bytes) throws(Failure) {
    let kind = JSONCursor(value).kind
    for part in Part.allCases where !part.isHeader && JSONString.equals(key, part.name.bytes) {
      return try set(part, value)
    }
    if JSONString.equals(key, Bytes("status")) {
      status = try WebRequest.status(value)
    } else if JSONString.equals(key, Bytes("headers")) {
      if kind != .null { try readHeaders(value) }
    } else if JSONString.equals(key, Bytes("event")) {
      guard kind == .object || kind == .null else { throw WebRequest.wrong(WebRequest.pointer("", key), "an object") }
      event = kind == .null ? nil : value
    } else {
      throw Failure(
        .invalidArgument, field: WebRequest.pointer("", key),
        message: Array(Bytes("is no member of a request; expected method, scheme, host, target, remoteAddress, status, headers or event")))
    }
  }

  private mutating func readHeaders(_ object: Bytes) throws(Failure) {
    var cursor = JSONCursor(object)
    guard cursor.enterObject() else { throw WebRequest.wrong(Array(Bytes("/headers")), "an object") }
    while let key = cursor.nextMember() {
      let value = cursor.skipValue()
      for part in Part.allCases where part.isHeader && key.matchesIgnoringCase(part.name) { try setHeader(part, value) }
    }
  }

  /// A header that came more than once is an array: its values, joined, say the same (RFC 9110, section 5.3).
  private mutating func setHeader(_ part: Part, _ value: Bytes) throws(Failure) {
    var cursor = JSONCursor(value)
    guard cursor.enterArray() else { return try set(part, value) }
    let start = text.count
    while let element = cursor.nextElement() {
      guard text.count == start || text.append(", ") else { throw .outOfMemory }
      try append(part, element)
    }
    finish(part, from: start)
  }

  private mutating func set(_ part: Part, _ value: Bytes) throws(Failure) {
    if JSONCursor(value).kind == .null { return spans.replace(part.rawValue, with: nil) }
    let start = text.count
    try append(part, value)
    finish(part, from: start)
  }

  private mutating func append(_ part: Part, _ value: Bytes) throws(Failure) {
    guard JSONCursor(value).kind == .string else {
      throw WebRequest.wrong(WebRequest.pointer(part.isHeader ? "/headers" : "", part.name.bytes), "a string")
    }
    guard JSONString.decode(value.part(1, value.count &- 1), into: &text) else { throw .outOfMemory }
  }

  private mutating func finish(_ part: Part, from start: Int) {
    spans.replace(
      part.rawValue,
      with: PageVisit.Span(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: text.count &- start)))
  }

  // MARK: Reading

  private static func status(_ value: Bytes) throws(Failure) -> Int? {
    if JSONCursor(value).kind == .null { return nil }
    guard let number = Decimal.value(value), (100...999).contains(number) else {
      throw wrong(Array(Bytes("/status")), "a number from 100 to 999")
    }
    return Int(number)
  }

  // MARK: Failures

  private static func wrong(_ field: [UInt8], _ expected: StaticString) -> Failure {
    var message = MessageBuilder()
    message.add("found another value; expected ")
    message.add(expected)
    return Failure(.invalidArgument, field: field, message: message.text)
  }

  static func wrong(_ field: StaticString, _ expected: StaticString) -> Failure { wrong([UInt8](field.bytes), expected) }

  static func missing(_ field: StaticString, _ expected: StaticString) -> Failure {
    var message = MessageBuilder()
    message.add("is missing; expected ")
    message.add(expected)
    return Failure(.invalidArgument, field: Array(field.bytes), message: message.text)
  }

  /// A name is the programmer's own, but a mistaken call may have put something else there: only what looks like one is shown.
  private static func pointer(_ object: StaticString, _ key: Bytes) -> [UInt8] {
    var pointer = MessageBuilder()
    pointer.add(object)
    let isPlain = key.count <= 40 && key.allSatisfy { $0.lowercased &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F }
    if isPlain {
      pointer.add("/")
      pointer.add(key)
    }
    return pointer.text
  }
}
