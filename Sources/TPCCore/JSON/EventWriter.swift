// SPDX-License-Identifier: Apache-2.0

/// The bytes that an event is put together in, kept with it so that the next time allocates nothing. An event is used by one
/// thread at a time, and what `write` made is read before it is called again.
final class EventBody {
  private var buffer = ByteBuffer()
  /// Where the text of `eventId` starts, and how long it is.
  private(set) var id = (offset: 0, length: 0)

  var bytes: Bytes { buffer.bytes }

  /// Begins anew with room for `capacity` bytes. `false` when memory ran out.
  func begin(capacity: Int) -> Bool {
    buffer.truncate(to: 0)
    id = (0, 0)
    return buffer.reserve(capacity)
  }

  @inline(__always)
  func put(_ literal: StaticString) { put(literal.bytes) }

  /// Never writes beyond the room, which `EventWriter` reckons large enough.
  @inline(__always)
  func put(_ text: Bytes) { buffer.put(text) }

  func markID(length: Int) { id = (buffer.count, length) }
}

/// What an event's fields say after everything was filled in and redacted, where that differs from the event itself: the JSON
/// text between the quotes.
struct EventValues: ~Copyable {
  private var texts = InlineArray<17, Bytes>(repeating: Bytes(start: nil, count: 0))
  /// As sets of bits (`Field.bit`); every field in neither is absent.
  private(set) var textFields: UInt32
  private(set) var nullFields: UInt32
  /// The fields whose text is in `texts`; that of the others is the event's own.
  private var replaced: UInt32 = 0
  /// Bytes of `texts`.
  private(set) var replacedBytes = 0

  /// As the event stands.
  init(_ visit: borrowing PageVisit) {
    textFields = visit.textFields
    nullFields = visit.nullFields
  }

  /// Nil when the field is absent or null.
  @inline(__always)
  func text(_ field: Field, _ visit: borrowing PageVisit) -> Bytes? {
    textFields & field.bit != 0 ? text(of: field.rawValue, visit) : nil
  }

  /// The same for a field that is known to have a text, by its number.
  @inline(__always)
  func text(of field: Int, _ visit: borrowing PageVisit) -> Bytes {
    replaced & 1 &<< UInt32(truncatingIfNeeded: field) != 0 ? texts.span[unchecked: field] : visit.text(of: field)
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

/// Puts an event together in the contract's order.
enum EventWriter {
  /// Makes the event's JSON in its own `body`, and returns that. Nil when memory ran out.
  static func write(_ visit: borrowing PageVisit, _ values: borrowing EventValues) -> EventBody? {
    let body = visit.body
    guard body.begin(capacity: bound(visit, values)) else { return nil }
    body.put("{\"event\":\"page_visit\"")
    fields(.root, visit, values, startsObject: false, body)
    object(.page, visit, values, body)
    object(.request, visit, values, body)
    object(.sdk, visit, values, body)
    object(.properties, visit, values, body)
    members(visit, .root, isFirst: false, body)
    body.put("}")
    return body
  }

  /// No fewer bytes than the JSON takes: all names, braces and quotes of the contract's members are 340 together, and a member
  /// has five around its key and value.
  private static func bound(_ visit: borrowing PageVisit, _ values: borrowing EventValues) -> Int {
    visit.text.count &+ values.replacedBytes &+ visit.members.count &* 5 &+ 400
  }

  private static func object(
    _ container: Container, _ visit: borrowing PageVisit, _ values: borrowing EventValues,
    _ body: EventBody
  ) {
    let hasFields = (values.textFields | values.nullFields) & container.bits != 0
    guard hasFields || visit.isPresent(container) else { return }
    body.put(opening(container))
    fields(container, visit, values, startsObject: true, body)
    members(visit, container, isFirst: !hasFields, body)
    body.put("}")
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

  /// A field's comma, name and colon, and the quote that a text begins with.
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

  /// The fields of one object, but for `event`, which is always there. The first of an object goes without the comma.
  @inline(__always)
  private static func fields(
    _ container: Container, _ visit: borrowing PageVisit, _ values: borrowing EventValues, startsObject: Bool,
    _ body: EventBody
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
        body.put(key.tail(comma))
        if field == .eventId { body.markID(length: text.count) }
        body.put(text)
        body.put("\"")
      } else {
        body.put(key.part(comma, key.count &- 1))
        body.put("null")
      }
      comma = 0
    }
  }

  private static func members(
    _ visit: borrowing PageVisit, _ container: Container, isFirst: Bool, _ body: EventBody
  ) {
    guard visit.mayHaveMembers(container) else { return }
    var first = isFirst
    for index in 0..<visit.members.count {
      guard let member = visit.members[index], member.container == container else { continue }
      body.put(first ? "\"" : ",\"")
      body.put(visit.bytes(member.key))
      body.put("\":")
      body.put(visit.bytes(member.value))
      first = false
    }
  }
}

extension PageVisit {
  /// The event's JSON as it stands, with nothing filled in.
  public func json(into buffer: inout ByteBuffer) throws(Failure) {
    guard let body = EventWriter.write(self, EventValues(self)), buffer.append(body.bytes) else { throw .outOfMemory }
  }

  /// The same for the length of a call.
  @export(interface)
  public func withJSON(_ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
    guard let written = EventWriter.write(self, EventValues(self)) else { throw .outOfMemory }
    try body(written.bytes)
  }
}
