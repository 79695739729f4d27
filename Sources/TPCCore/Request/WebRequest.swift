// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A web request as a framework passes it on, as JSON or as texts by their numbers: the parts that decide whether it is a visit, and
/// what the visit says.
///
/// It points into what it was given, and copies only what JSON writes with escapes or as a list, and what is not UTF-8. Its memory is
/// used again for the next request, so that none of them allocates.
struct WebRequest: ~Copyable {
  /// The texts of a request: its own members, and from 16 on its headers. The numbers are those of the C ABI (`TPC_REQUEST_…`).
  enum Part: Int {
    case method, scheme, host, target, remoteAddress, clientAddress, contentType, status
    case userAgent = 16
    case referer, forwarded, forwardedFor, forwardedProto, forwardedHost
    case purpose, secPurpose, xPurpose, xMoz, fetchDestination, range
    case cfConnectingIP, trueClientIP, xRealIP, flyClientIP
    case signatureAgent, signatureInput, signature
    case secGPC, dnt, requestID, traceparent

    static let count = Part.traceparent.rawValue + 1
    /// The numbers that are in use, as a set of bits.
    static let all: UInt64 = ((1 << UInt64(count)) - 1) & ~0xFF00
    /// The texts that the rules only compare with ASCII, or that have to be ASCII.
    static let ascii: UInt64 = 1 << UInt64(Part.method.rawValue) | 1 << UInt64(Part.scheme.rawValue)
      | 1 << UInt64(Part.remoteAddress.rawValue) | 1 << UInt64(Part.clientAddress.rawValue)
      | 1 << UInt64(Part.contentType.rawValue) | 1 << UInt64(Part.status.rawValue)
      | 1 << UInt64(Part.forwardedFor.rawValue) | 1 << UInt64(Part.forwardedProto.rawValue)
      | 1 << UInt64(Part.fetchDestination.rawValue) | 1 << UInt64(Part.range.rawValue)

    /// The headers by which browsers say that they fetch ahead of time.
    static let purposes: UInt64 = 1 << UInt64(Part.purpose.rawValue) | 1 << UInt64(Part.secPurpose.rawValue)
      | 1 << UInt64(Part.xPurpose.rawValue) | 1 << UInt64(Part.xMoz.rawValue)

    var isHeader: Bool { rawValue >= Part.userAgent.rawValue }
    /// Whether a proxy names the visitor's address in it: what `client_ip_header` accepts.
    var isClientAddress: Bool { rawValue >= Part.cfConnectingIP.rawValue && rawValue <= Part.flyClientIP.rawValue }

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
        case .status: "status"
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
        case .signatureAgent: "signature-agent"
        case .signatureInput: "signature-input"
        case .signature: "signature"
        case .secGPC: "sec-gpc"
        case .dnt: "dnt"
        case .requestID: "x-request-id"
        case .traceparent: "traceparent"
        }
      }
    }
  }

  /// By part; meaningful for those that are present. Any number of headers may come: those that do not matter are passed over.
  private var texts: UnsafeMutablePointer<Bytes>?
  private var present: UInt64 = 0
  private var index = JSONIndex(maximumMembers: nil)
  /// The texts that had to be copied: room for all of them is made before the first, since `texts` points into it.
  private var decoded = ByteBuffer()
  private var decodedBound = 0
  /// Whether the texts may be Latin-1.
  private var isRaw = false
  /// The response's status; nil when the request does not name it.
  private(set) var status: Int?
  /// What the application adds: an event's JSON, whole or in part, or an event.
  private(set) var addedJSON: Bytes?
  private(set) var added: UnsafePointer<PageVisit>?
  /// Memory for the page's URL: as the request names it, and as RFC 3986 allows it.
  var url = ByteBuffer()

  init() {}

  deinit { free(texts) }

  /// Bytes of memory that the next request finds.
  var capacity: Int { index.capacity &+ decoded.capacity &+ url.capacity }

  /// Nil when the request does not name it.
  @inline(never)
  func part(_ part: Part) -> Bytes? {
    present &>> UInt64(truncatingIfNeeded: part.rawValue) & 1 == 0 ? nil : texts?[part.rawValue]
  }

  /// Whether the request names any of the parts, given as a set of bits.
  @inline(__always)
  func hasAny(_ parts: UInt64) -> Bool { present & parts != 0 }

  /// Whether the request alone says who makes it: the application adds nothing that could.
  var namesReader: Bool { addedJSON == nil && (added?.pointee.isAbsent(.requestUserAgent) ?? true) }

  // MARK: Reading

  /// Reads a request. What it returns afterwards points into what was given, and is valid as long as that is. Without `needsPage`,
  /// method and target may be absent.
  mutating func read(_ given: RequestInput, needsPage: Bool = true) throws(Failure) {
    try begin(isRaw: given.json == nil)
    if let json = given.json { try read(json) } else { try readTexts(given) }
    if let text = part(.status) { status = try WebRequest.status(text) }
    guard needsPage else { return }
    if part(.method) == nil { throw WebRequest.missing("/method", "the request's method") }
    if part(.target) == nil { throw WebRequest.missing("/target", "the request's path and query") }
  }

  private mutating func read(_ json: Bytes) throws(Failure) {
    guard json.count <= Limit.eventBytes else { throw WebRequest.tooLarge(json.count) }
    // Neither a text without its escapes nor a joined list is longer than its JSON.
    decodedBound = json.count
    if let flaw = index.read(json) { throw Failure(flaw.isLimit ? .tooLarge : .invalidJSON, field: [], flaw: flaw) }
    if index.isIncomplete { throw .outOfMemory }
    guard JSONCursor(json).kind == .object else { throw WebRequest.wrong([], "an object") }
    try readMembers(json)
  }

  @_optimize(speed)
  private mutating func readTexts(_ given: RequestInput) throws(Failure) {
    added = given.added
    var total = 0
    for number in 0..<max(0, min(given.count, Part.count)) {
      guard let text = given.text(number) else { continue }
      total &+= text.count
      set(number, text)
    }
    guard total <= Limit.eventBytes else { throw WebRequest.tooLarge(total) }
    guard given.count >= 0, given.count <= Part.count, present & ~Part.all == 0 else {
      throw WebRequest.wrong("values", "only texts whose number is a TPC_REQUEST_")
    }
    // In UTF-8, each byte of Latin-1 is one or two.
    decodedBound = total &* 2
  }

  private mutating func begin(isRaw: Bool) throws(Failure) {
    self.isRaw = isRaw
    present = 0
    status = nil
    addedJSON = nil
    added = nil
    decoded.truncate(to: 0)
    if texts == nil { texts = malloc(Part.count &* MemoryLayout<Bytes>.stride)?.assumingMemoryBound(to: Bytes.self) }
    if texts == nil { throw .outOfMemory }
  }

  @inline(__always)
  private mutating func set(_ part: Int, _ text: Bytes) {
    texts?[part] = text
    present |= 1 &<< UInt64(truncatingIfNeeded: part)
  }

  /// Turns texts that are not UTF-8 into it, from Latin-1: the target, or all of them. What is asked for before only looks for
  /// ASCII.
  @_optimize(speed)
  mutating func makeUTF8(onlyTarget: Bool) throws(Failure) {
    var left = isRaw ? present & (onlyTarget ? 1 &<< UInt64(Part.target.rawValue) : ~Part.ascii) : 0
    while let texts, left != 0 {
      let text = texts[left.trailingZeroBitCount]
      if UTF8Text.check(text) != nil { try makeUTF8(left.trailingZeroBitCount, text) }
      left &= left &- 1
    }
  }

  @inline(never)
  private mutating func makeUTF8(_ part: Int, _ latin1: Bytes) throws(Failure) {
    let start = try beginCopy()
    guard let base = decoded.base else { return }
    var at = start
    for byte in latin1 {
      if byte >= 0x80 {
        base[at] = 0xC0 | byte &>> 6
        at &+= 1
      }
      base[at] = byte < 0x80 ? byte : 0x80 | byte & 0x3F
      at &+= 1
    }
    decoded.commit(at &- start)
    set(part, decoded.bytes.tail(start))
  }

  @inline(never)
  private mutating func beginCopy() throws(Failure) -> Int {
    guard decoded.reserve(decodedBound &- decoded.count) else { throw .outOfMemory }
    return decoded.count
  }

  // MARK: JSON

  @_optimize(speed)
  private mutating func readMembers(_ json: Bytes) throws(Failure) {
    var isInHeaders = false
    for member in index.list {
      var key = member.key(json)
      if member.keyHasEscape { key = try decode(key) }
      if member.level == 1 {
        isInHeaders = try readMember(member, key, member.value(json))
      } else if isInHeaders, let header = WebRequest.header(key) {
        try set(header, member, member.value(json))
      }
    }
  }

  /// Reads one of the request's own members. Returns whether those that follow in the index are its headers.
  private mutating func readMember(_ member: JSONIndex.Member, _ key: Bytes, _ value: Bytes) throws(Failure) -> Bool {
    if let part = WebRequest.member(key) {
      try set(part, member, value)
      return false
    }
    let isHeaders = key.matches("headers")
    guard isHeaders || key.matches("event") else { throw WebRequest.unknown(key) }
    guard member.kind == .object || member.kind == .null else { throw WebRequest.wrong(WebRequest.pointer("", key), "an object") }
    if !isHeaders { addedJSON = member.kind == .null ? nil : value }
    return isHeaders && member.kind == .object
  }

  /// The request's own member of a name.
  @inline(__always)
  private static func member(_ name: Bytes) -> Part? {
    let part: Part
    switch (name.count, name.first) {
    case (4, _): part = .host
    case (6, 0x6D): part = .method
    case (6, 0x74): part = .target
    case (6, _): part = name[1] == UInt8(ascii: "c") ? .scheme : .status
    case (11, _): part = .contentType
    case (13, 0x72): part = .remoteAddress
    case (13, _): part = .clientAddress
    default: return nil
    }
    return name.matches(part.name) ? part : nil
  }

  /// The header of a name, in any case; nil for one that does not matter. Its length leaves few to compare it with.
  static func header(_ name: Bytes) -> Part? {
    switch name.count {
    case 3: either(name, .dnt)
    case 5: either(name, .range, .xMoz)
    case 7: either(name, .referer, .purpose) ?? either(name, .secGPC)
    case 9: either(name, .forwarded, .xRealIP) ?? either(name, .xPurpose, .signature)
    case 10: either(name, .userAgent)
    case 11: either(name, .secPurpose, .traceparent)
    case 12: either(name, .requestID)
    case 13: either(name, .flyClientIP)
    case 14: either(name, .fetchDestination, .trueClientIP)
    case 15: either(name, .forwardedFor, .signatureAgent) ?? either(name, .signatureInput)
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

  /// Reads a text. A header that came more than once is an array: its values, joined, mean the same (RFC 9110, section 5.3).
  @_optimize(speed)
  private mutating func set(_ part: Part, _ member: JSONIndex.Member, _ value: Bytes) throws(Failure) {
    switch member.kind {
    case .null: present &= ~(1 &<< UInt64(truncatingIfNeeded: part.rawValue))
    // Checked when all is read.
    case _ where part == .status: set(part.rawValue, value)
    case .string:
      let text = value.part(1, value.count &- 1)
      set(part.rawValue, member.valueHasEscape ? try decode(text) : text)
    case .array where part.isHeader:
      var cursor = JSONCursor(value)
      _ = cursor.enterArray()
      let start = try beginCopy()
      while let element = cursor.nextElement() {
        guard decoded.count == start || decoded.put(", ") else { throw .outOfMemory }
        guard JSONCursor(element).kind == .string else { throw WebRequest.notString(part) }
        _ = try decode(element.part(1, element.count &- 1))
      }
      set(part.rawValue, decoded.bytes.tail(start))
    default: throw WebRequest.notString(part)
    }
  }

  /// The text that a JSON string represents.
  @inline(never)
  private mutating func decode(_ string: Bytes) throws(Failure) -> Bytes {
    let start = try beginCopy()
    guard JSONString.decode(string, into: &decoded) else { throw .outOfMemory }
    return decoded.bytes.tail(start)
  }

  @inline(never)
  private static func status(_ text: Bytes) throws(Failure) -> Int {
    guard text.count == 3, let number = Decimal.value(text), number >= 100 else {
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
