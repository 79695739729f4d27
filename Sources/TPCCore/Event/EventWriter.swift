// SPDX-License-Identifier: Apache-2.0

/// The memory in which an event is read and written, kept with the event so that the next time allocates nothing. An event is used
/// by one thread at a time, and what `EventWriter.write` returns is read before `write` is called again.
final class EventWorkspace {
  /// By a field's number: where its text is in the event, and the text that replaces it.
  let spans = UnsafeMutablePointer<PageVisit.Span>.allocate(capacity: Field.count)
  fileprivate let texts = UnsafeMutablePointer<Bytes>.allocate(capacity: Field.count)
  /// For reading an event from JSON: the text's members, and the positions among them of each field and object.
  var index = JSONIndex()
  let positions = UnsafeMutablePointer<Int>.allocate(capacity: Field.count)
  let objects = UnsafeMutablePointer<Int>.allocate(capacity: Container.count)
  private var buffer = ByteBuffer()
  /// Room before the event, for what is written to disk with it.
  static let headSize = 32
  private(set) var bytes = Bytes(start: nil, count: 0)
  /// Where the text of `eventId` starts, and its length in bytes.
  private(set) var id = (offset: 0, length: 0)

  init() {
    spans.initialize(repeating: PageVisit.Span(), count: Field.count)
    texts.initialize(repeating: Bytes(start: nil, count: 0), count: Field.count)
    positions.initialize(repeating: -1, count: Field.count)
    objects.initialize(repeating: -1, count: Container.count)
  }

  deinit {
    spans.deallocate()
    texts.deallocate()
    positions.deallocate()
    objects.deallocate()
  }

  /// The bytes before the event, which may be written to.
  @inline(__always)
  var room: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(buffer.base) }

  /// Starts over with room for `capacity` bytes. Nil when memory ran out.
  fileprivate func begin(capacity: Int) -> EventCursor? {
    id = (0, 0)
    guard buffer.reserve(Self.headSize &+ capacity), let base = buffer.base else { return nil }
    return EventCursor(base + Self.headSize, capacity: capacity)
  }

  fileprivate func end(_ cursor: EventCursor) {
    bytes = Bytes(start: cursor.base, count: cursor.count)
    id = cursor.id
  }
}

/// Writes the pieces of an event one after the other. It never writes beyond its capacity, which `EventWriter` makes large enough.
private struct EventCursor {
  let base: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private(set) var count = 0
  var id = (offset: 0, length: 0)

  init(_ base: UnsafeMutablePointer<UInt8>, capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  @inline(__always)
  mutating func put(_ literal: StaticString) { put(literal.bytes) }

  @inline(__always)
  mutating func put(_ text: Bytes) {
    guard text.count <= capacity &- count, let start = text.baseAddress else { return }
    copyBytes(to: base + count, from: start, text.count)
    count &+= text.count
  }

  /// Puts like `put`, but is never inlined, for pieces that few events have.
  @inline(never)
  mutating func add(_ text: Bytes) { put(text) }
}

/// The texts of an event's fields after completion and redaction, where they differ from the event's own: as JSON, between the
/// quotes.
struct EventValues: ~Copyable {
  /// Memory of the event's workspace.
  private let texts: UnsafeMutablePointer<Bytes>
  /// Sets of bits (`Field.bit`); a field in neither is absent.
  private(set) var textFields: UInt32
  private(set) var nullFields: UInt32
  /// The fields whose text is in `texts`; the others have the event's own.
  private var replaced: UInt32 = 0
  /// The total length of `texts`, in bytes.
  private(set) var replacedBytes = 0
  /// Who gets properties by `label_ai_agents` or `label_ai_answers`.
  var label: AILabel?

  /// The values of the event itself.
  init(_ visit: borrowing PageVisit) {
    texts = visit.body.texts
    textFields = visit.textFields
    nullFields = visit.nullFields
  }

  /// Nil when the field is absent or null.
  @inline(__always)
  func text(_ field: Field, _ visit: borrowing PageVisit) -> Bytes? {
    textFields & field.bit != 0 ? text(of: field.rawValue, visit) : nil
  }

  /// The same, never inlined, which saves code where speed does not matter.
  @inline(never)
  func find(_ field: Field, _ visit: borrowing PageVisit) -> Bytes? { text(field, visit) }

  /// The text of a field that is known to have one, by its number.
  @inline(__always)
  func text(of field: Int, _ visit: borrowing PageVisit) -> Bytes {
    replaced & 1 &<< UInt32(truncatingIfNeeded: field) != 0 ? texts[field] : visit.text(of: field)
  }

  @inline(__always)
  mutating func set(_ field: Field, _ text: Bytes) {
    texts[field.rawValue] = text
    replacedBytes &+= text.count
    textFields |= field.bit
    replaced |= field.bit
    nullFields &= ~field.bit
  }

  mutating func remove(_ field: Field) {
    textFields &= ~field.bit
    nullFields &= ~field.bit
  }

  @inline(__always)
  func isAbsent(_ field: Field) -> Bool { (textFields | nullFields) & field.bit == 0 }
}

/// Writes an event's JSON, in the contract's order.
enum EventWriter {
  /// Writes the event's JSON into its own workspace, and returns that. Nil when memory ran out.
  @_optimize(speed)
  static func write(_ visit: borrowing PageVisit, _ values: borrowing EventValues) -> EventWorkspace? {
    let body = visit.body
    guard var cursor = body.begin(capacity: bound(visit, values)) else { return nil }
    cursor.put("{\"event\":\"page_visit\"")
    fields(.root, visit, values, startsObject: false, &cursor)
    object(.page, visit, values, &cursor)
    object(.request, visit, values, &cursor)
    object(.sdk, visit, values, &cursor)
    object(.properties, visit, values, &cursor)
    members(visit, .root, isFirst: false, &cursor)
    cursor.put("}")
    body.end(cursor)
    return body
  }

  /// At least as many bytes as the JSON takes: all names, braces and quotes of the contract's members are 340 bytes together, a
  /// member has five around its key and value, and a label is below 250.
  private static func bound(_ visit: borrowing PageVisit, _ values: borrowing EventValues) -> Int {
    visit.text.count &+ values.replacedBytes &+ visit.members.count &* 5 &+ (values.label == nil ? 400 : 650)
  }

  @_optimize(speed)
  private static func object(
    _ container: Container, _ visit: borrowing PageVisit, _ values: borrowing EventValues,
    _ cursor: inout EventCursor
  ) {
    let hasFields = (values.textFields | values.nullFields) & container.bits != 0
    let label = container == .properties ? values.label : nil
    guard hasFields || visit.isPresent(container) || label != nil else { return }
    cursor.put(opening(container))
    fields(container, visit, values, startsObject: true, &cursor)
    members(visit, container, isFirst: !hasFields, &cursor)
    if let label { add(label, visit, &cursor) }
    cursor.put("}")
  }

  /// Writes the properties of a label, except those that the event has.
  @inline(never)
  private static func add(_ label: AILabel, _ visit: borrowing PageVisit, _ cursor: inout EventCursor) {
    var isFirst = !visit.hasMember(.properties)
    switch label {
    case .agent(let agent, let found):
      add("aiAgent", agent.name, visit, &isFirst, &cursor)
      add("aiOperator", agent.operatorName, visit, &isFirst, &cursor)
      add("aiPurpose", agent.purpose.name.bytes, visit, &isFirst, &cursor)
      guard let found else { return }
      add("aiVerified", found.isVerified ? Bytes("true") : Bytes("false"), quote: "", visit, &isFirst, &cursor)
      add("aiVerifiedBy", found.evidence.name.bytes, visit, &isFirst, &cursor)
    case .answer(let answer):
      add("aiAnswer", answer.name, visit, &isFirst, &cursor)
      add("aiAnswerOperator", answer.operatorName, visit, &isFirst, &cursor)
      add("aiAnswerEvidence", answer.evidence.name.bytes, visit, &isFirst, &cursor)
    }
  }

  @inline(__always)
  private static func add(
    _ key: StaticString, _ text: Bytes, _ visit: borrowing PageVisit, _ isFirst: inout Bool, _ cursor: inout EventCursor
  ) { add(key, text, quote: "\"", visit, &isFirst, &cursor) }

  @inline(never)
  private static func add(
    _ key: StaticString, _ value: Bytes, quote: StaticString, _ visit: borrowing PageVisit, _ isFirst: inout Bool,
    _ cursor: inout EventCursor
  ) {
    if visit.hasProperty(key.bytes) { return }
    cursor.add(Bytes(isFirst ? "\"" : ",\""))
    cursor.add(key.bytes)
    cursor.add(Bytes("\":"))
    cursor.add(quote.bytes)
    cursor.add(value)
    cursor.add(quote.bytes)
    isFirst = false
  }

  private static func opening(_ container: Container) -> StaticString {
    switch container {
    case .root: "{"
    case .page: ",\"page\":{"
    case .request: ",\"request\":{"
    case .sdk: ",\"sdk\":{"
    case .properties: ",\"properties\":{"
    }
  }

  /// A field's comma, name and colon, and its text's opening quote.
  private static func key(_ field: Field) -> StaticString {
    switch field {
    case .event: ",\"event\":\""
    case .occurredAt: ",\"occurredAt\":\""
    case .eventId: ",\"eventId\":\""
    case .sessionId: ",\"sessionId\":\""
    case .anonymousId: ",\"anonymousId\":\""
    case .pageHref: ",\"href\":\""
    case .pageDomain: ",\"domain\":\""
    case .pagePathname: ",\"pathname\":\""
    case .pageTitle: ",\"title\":\""
    case .pageCanonicalUrl: ",\"canonicalUrl\":\""
    case .requestReferrer: ",\"referrer\":\""
    case .requestUserAgent: ",\"userAgent\":\""
    case .requestClientIp: ",\"clientIp\":\""
    case .requestMethod: ",\"method\":\""
    case .sdkName: ",\"name\":\""
    case .sdkVersion: ",\"version\":\""
    case .sdkRuntime: ",\"runtime\":\""
    }
  }

  /// Writes the fields of one object, except `event`, which is always there. The first of an object has no comma.
  @inline(__always)
  private static func fields(
    _ container: Container, _ visit: borrowing PageVisit, _ values: borrowing EventValues, startsObject: Bool,
    _ cursor: inout EventCursor
  ) {
    var comma = startsObject ? 1 : 0
    var left = (values.textFields | values.nullFields) & container.bits & ~Field.event.bit
    while left != 0 {
      let index = left.trailingZeroBitCount
      left &= left &- 1
      guard let field = Field(rawValue: index) else { continue }
      let key = key(field).bytes
      if values.textFields & field.bit != 0 {
        let text = values.text(of: index, visit)
        cursor.put(key.tail(comma))
        if field == .eventId { cursor.id = (cursor.count, text.count) }
        cursor.put(text)
        cursor.put("\"")
      } else {
        cursor.put(key.part(comma, key.count &- 1))
        cursor.put("null")
      }
      comma = 0
    }
  }

  @_optimize(speed)
  private static func members(
    _ visit: borrowing PageVisit, _ container: Container, isFirst: Bool, _ cursor: inout EventCursor
  ) {
    guard visit.mayHaveMembers(container) else { return }
    var first = isFirst
    for index in 0..<visit.members.count {
      guard let member = visit.members[index], member.container == container else { continue }
      cursor.put(first ? "\"" : ",\"")
      cursor.put(visit.bytes(member.key))
      cursor.put("\":")
      cursor.put(visit.bytes(member.value))
      first = false
    }
  }
}

extension PageVisit {
  /// Appends the event's JSON, with nothing filled in. Fails when memory ran out.
  package func json(into buffer: inout ByteBuffer) throws(Failure) {
    guard let body = EventWriter.write(self, EventValues(self)), buffer.append(body.bytes) else { throw .outOfMemory }
  }

  /// Calls `body` with the event's JSON, with nothing filled in, which is valid during the call. Fails when memory ran out.
  @export(interface)
  package func withJSON(_ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
    guard let written = EventWriter.write(self, EventValues(self)) else { throw .outOfMemory }
    try body(written.bytes)
  }
}
