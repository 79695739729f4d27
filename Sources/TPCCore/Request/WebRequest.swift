// SPDX-License-Identifier: Apache-2.0

/// A web request as a framework passes it on, in the JSON that `tpc_client_track_request` documents: the parts that decide whether
/// it is a visit, and what the visit says.
///
/// It reads the text once, and copies only what JSON writes with escapes or as a list. Its memory is used again for the next
/// request, so that none of them allocates.
struct WebRequest: ~Copyable {
  /// The texts of a request: its own members, then its headers.
  enum Part: Int, CaseIterable {
    case method, scheme, host, target, remoteAddress, clientAddress, contentType
    case userAgent, referer, forwarded, forwardedFor, forwardedProto, forwardedHost
    case purpose, secPurpose, xPurpose, xMoz, fetchDestination, range
    case cfConnectingIP, trueClientIP, xRealIP, flyClientIP
    case secGPC, dnt, requestID, traceparent

    static let count = Part.traceparent.rawValue + 1

    var isHeader: Bool { rawValue >= Part.userAgent.rawValue }

    /// The member's name, or the header's.
    var name: StaticString {
      @inline(never) get {
        switch self {
        case .method: "method"
        case .scheme: "scheme"
        case .host: "host"
        case .target: "target"
        case .remoteAddress: "remoteAddress"
        case .clientAddress: "clientAddress"
        case .contentType: "contentType"
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
        case .range: "range"
        case .cfConnectingIP: "cf-connecting-ip"
        case .trueClientIP: "true-client-ip"
        case .xRealIP: "x-real-ip"
        case .flyClientIP: "fly-client-ip"
        case .secGPC: "sec-gpc"
        case .dnt: "dnt"
        case .requestID: "x-request-id"
        case .traceparent: "traceparent"
        }
      }
    }
  }

  /// Where a part's text is: in the JSON, or in `decoded`.
  private struct Location: BitwiseCopyable {
    var isPresent = false
    var isDecoded = false
    var start = 0
    var length = 0
  }

  private var json = Bytes(start: nil, count: 0)
  /// Any number of headers may come: those that do not matter are passed over.
  private var index = JSONIndex(maximumMembers: nil)
  private var locations = GrowableArray<Location>()
  /// The texts that JSON writes with escapes, and the values of headers that came more than once.
  private var decoded = ByteBuffer()
  /// The response's status; nil when the request does not name it.
  private(set) var status: Int?
  /// What the application adds: an event's JSON, whole or in part.
  private(set) var event: Bytes?
  /// Memory for the page's URL: as the request names it, and as RFC 3986 allows it.
  var url = ByteBuffer()
  var repairedURL = ByteBuffer()

  init() {}

  /// Bytes of memory that the next request finds.
  var capacity: Int { index.capacity &+ decoded.capacity &+ url.capacity &+ repairedURL.capacity }

  /// Nil when the request does not name it.
  func part(_ part: Part) -> Bytes? {
    guard let location = locations[part.rawValue], location.isPresent else { return nil }
    let text = location.isDecoded ? decoded.bytes : json
    return text.part(location.start, location.start &+ location.length)
  }

  // MARK: Reading

  /// Reads a request. What it returns afterwards points into `json`, and is valid as long as that is.
  mutating func read(_ json: Bytes) throws(Failure) {
    guard json.count <= Limit.eventBytes else { throw WebRequest.tooLarge(json.count) }
    try begin(json)
    if let flaw = index.read(json) { throw Failure(flaw.isLimit ? .tooLarge : .invalidJSON, field: [], flaw: flaw) }
    if index.isIncomplete { throw .outOfMemory }
    guard JSONCursor(json).kind == .object else { throw WebRequest.wrong([], "an object") }
    try readMembers()
    if part(.method) == nil { throw WebRequest.missing("/method", "the request's method") }
    if part(.target) == nil { throw WebRequest.missing("/target", "the request's path and query") }
  }

  private mutating func begin(_ json: Bytes) throws(Failure) {
    self.json = json
    status = nil
    event = nil
    decoded.truncate(to: 0)
    locations.removeAll()
    guard locations.reserve(Part.count) else { throw .outOfMemory }
    for _ in 0..<Part.count { _ = locations.append(Location()) }
  }

  private mutating func readMembers() throws(Failure) {
    var isInHeaders = false
    var position = 0
    while let member = index[position] {
      position &+= 1
      if member.level == 1 {
        isInHeaders = try readMember(member)
      } else if isInHeaders, let header = WebRequest.header(member.key(json)) {
        try readHeader(header, member)
      }
    }
  }

  /// Reads one of the request's own members. Returns whether those that follow in the index are its headers.
  private mutating func readMember(_ member: JSONIndex.Member) throws(Failure) -> Bool {
    let (key, value) = (member.key(json), member.value(json))
    func isKey(_ name: StaticString) -> Bool {
      member.keyHasEscape ? JSONString.equals(key, name.bytes) : key.matches(name)
    }
    for number in 0..<Part.userAgent.rawValue {
      guard let part = Part(rawValue: number), isKey(part.name) else { continue }
      try set(part, member)
      return false
    }
    if isKey("headers") {
      guard member.kind == .object || member.kind == .null else { throw WebRequest.wrong(Array(Bytes("/headers")), "an object") }
      return member.kind == .object
    }
    if isKey("status") {
      status = try WebRequest.status(value)
    } else if isKey("event") {
      guard member.kind == .object || member.kind == .null else { throw WebRequest.wrong(WebRequest.pointer("", key), "an object") }
      event = member.kind == .null ? nil : value
    } else {
      throw WebRequest.unknown(key)
    }
    return false
  }

  /// The header of a name, in any case; nil for one that does not matter. Its length leaves few to compare it with.
  static func header(_ name: Bytes) -> Part? {
    switch name.count {
    case 3: either(name, .dnt)
    case 5: either(name, .range, .xMoz)
    case 7: either(name, .referer, .purpose) ?? either(name, .secGPC)
    case 9: either(name, .forwarded, .xRealIP) ?? either(name, .xPurpose)
    case 10: either(name, .userAgent)
    case 11: either(name, .secPurpose, .traceparent)
    case 12: either(name, .requestID)
    case 13: either(name, .flyClientIP)
    case 14: either(name, .fetchDestination, .trueClientIP)
    case 15: either(name, .forwardedFor)
    case 16: either(name, .forwardedHost, .cfConnectingIP)
    case 17: either(name, .forwardedProto)
    default: nil
    }
  }

  @inline(never)
  private static func either(_ name: Bytes, _ part: Part, _ other: Part? = nil) -> Part? {
    if name.matchesIgnoringCase(part.name) { return part }
    guard let other, name.matchesIgnoringCase(other.name) else { return nil }
    return other
  }

  /// Reads a header. One that came more than once is an array: its values, joined, mean the same (RFC 9110, section 5.3).
  private mutating func readHeader(_ part: Part, _ member: JSONIndex.Member) throws(Failure) {
    guard member.kind == .array else { return try set(part, member) }
    var cursor = JSONCursor(member.value(json))
    _ = cursor.enterArray()
    let start = decoded.count
    while let element = cursor.nextElement() {
      guard decoded.count == start || decoded.put(", ") else { throw .outOfMemory }
      guard JSONCursor(element).kind == .string else { throw WebRequest.notString(part) }
      try decode(element)
    }
    finish(part, from: start)
  }

  private mutating func set(_ part: Part, _ member: JSONIndex.Member) throws(Failure) {
    switch member.kind {
    case .null: locations.replace(part.rawValue, with: Location())
    case .string where member.valueHasEscape:
      let start = decoded.count
      try decode(member.value(json))
      finish(part, from: start)
    case .string:
      let start = Int(member.valueStart) &+ 1
      let length = Int(member.valueEnd) &- start &- 1
      locations.replace(part.rawValue, with: Location(isPresent: true, isDecoded: false, start: start, length: length))
    default: throw WebRequest.notString(part)
    }
  }

  private mutating func decode(_ string: Bytes) throws(Failure) {
    guard JSONString.decode(string.part(1, string.count &- 1), into: &decoded) else { throw .outOfMemory }
  }

  private mutating func finish(_ part: Part, from start: Int) {
    let location = Location(isPresent: true, isDecoded: true, start: start, length: decoded.count &- start)
    locations.replace(part.rawValue, with: location)
  }

  private static func status(_ value: Bytes) throws(Failure) -> Int? {
    if JSONKind(first: value.first ?? 0) == .null { return nil }
    guard let number = Decimal.value(value), (100...999).contains(number) else {
      throw wrong(Array(Bytes("/status")), "a number from 100 to 999")
    }
    return Int(number)
  }

  // MARK: Failures

  private static func tooLarge(_ length: Int) -> Failure {
    var message = MessageBuilder()
    message.add("found a request of ")
    message.add(length)
    message.add(" bytes; expected at most ")
    message.add(Limit.eventBytes)
    return Failure(.tooLarge, field: [], message: message.text)
  }

  private static func notString(_ part: Part) -> Failure {
    wrong(pointer(part.isHeader ? "/headers" : "", part.name.bytes), "a string")
  }

  private static func unknown(_ key: Bytes) -> Failure {
    let expected: StaticString =
      """
      is not a member of a request; expected method, scheme, host, target, remoteAddress, clientAddress, status, contentType, \
      headers or event
      """
    return Failure(.invalidArgument, field: pointer("", key), message: Array(expected.bytes))
  }

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
