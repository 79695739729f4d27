// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Takes an event's JSON piece by piece: once to count its bytes, once to write them, so that the bytes that a queue will
/// hold are allocated exactly and once.
protocol ByteSink: ~Copyable {
  mutating func put(_ literal: StaticString)
  mutating func put(_ text: Bytes)
}

struct CountingSink: ByteSink, ~Copyable {
  private(set) var count = 0

  @inline(__always)
  mutating func put(_ literal: StaticString) { count &+= literal.utf8CodeUnitCount }

  @inline(__always)
  mutating func put(_ text: Bytes) { count &+= text.count }
}

/// Writes into memory of a known size and never beyond it.
struct WritingSink: ByteSink, ~Copyable {
  private let base: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private(set) var count = 0

  init(_ base: UnsafeMutablePointer<UInt8>, capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  @inline(__always)
  mutating func put(_ literal: StaticString) { put(literal.bytes) }

  @inline(__always)
  mutating func put(_ text: Bytes) {
    guard text.count <= capacity &- count, let start = text.baseAddress else { return }
    memcpy(base + count, start, text.count)
    count &+= text.count
  }
}

/// What an event's fields say after everything was filled in and redacted: the JSON text between the quotes.
struct EventValues: ~Copyable {
  enum Value {
    case absent, null
    case text(Bytes)
  }

  var fields = InlineArray<17, Value>(repeating: .absent)

  /// As the event stands; `event` itself is always there.
  init(_ visit: borrowing PageVisit) {
    for index in 0..<Field.count {
      let slot = visit.slots[index]
      switch slot.state {
      case .absent: continue
      case .null: fields[index] = .null
      case .text: fields[index] = .text(visit.bytes(slot.span))
      }
    }
    if case .absent = self[.event] { self[.event] = .text(Bytes("page_visit")) }
  }

  subscript(field: Field) -> Value {
    @inline(__always) get { fields[field.rawValue] }
    @inline(__always) set { fields[field.rawValue] = newValue }
  }
}

/// Puts an event together in the contract's order.
enum EventWriter {
  static func write(_ visit: borrowing PageVisit, _ values: borrowing EventValues, into sink: inout some ByteSink & ~Copyable) {
    sink.put("{\"event\":\"page_visit\"")
    field("\"occurredAt\":", values[.occurredAt], false, &sink)
    field("\"eventId\":", values[.eventId], false, &sink)
    field("\"sessionId\":", values[.sessionId], false, &sink)
    field("\"anonymousId\":", values[.anonymousId], false, &sink)
    page(visit, values, &sink)
    request(visit, values, &sink)
    sdk(visit, values, &sink)
    if visit.isPresent(.properties) {
      sink.put(",\"properties\":{")
      members(visit, .properties, true, &sink)
      sink.put("}")
    }
    members(visit, .root, false, &sink)
    sink.put("}")
  }

  private static func page(
    _ visit: borrowing PageVisit, _ values: borrowing EventValues, _ sink: inout some ByteSink & ~Copyable
  ) {
    sink.put(",\"page\":{")
    var first = true
    first = field("\"href\":", values[.pageHref], first, &sink)
    first = field("\"domain\":", values[.pageDomain], first, &sink)
    first = field("\"pathname\":", values[.pagePathname], first, &sink)
    first = field("\"title\":", values[.pageTitle], first, &sink)
    first = field("\"canonicalUrl\":", values[.pageCanonicalUrl], first, &sink)
    members(visit, .page, first, &sink)
    sink.put("}")
  }

  private static func request(
    _ visit: borrowing PageVisit, _ values: borrowing EventValues, _ sink: inout some ByteSink & ~Copyable
  ) {
    guard visit.isPresent(.request) else { return }
    sink.put(",\"request\":{")
    var first = true
    first = field("\"referrer\":", values[.requestReferrer], first, &sink)
    first = field("\"userAgent\":", values[.requestUserAgent], first, &sink)
    first = field("\"clientIp\":", values[.requestClientIp], first, &sink)
    first = field("\"method\":", values[.requestMethod], first, &sink)
    members(visit, .request, first, &sink)
    sink.put("}")
  }

  private static func sdk(
    _ visit: borrowing PageVisit, _ values: borrowing EventValues, _ sink: inout some ByteSink & ~Copyable
  ) {
    if !visit.isPresent(.sdk), case .absent = values[.sdkName] { return }
    sink.put(",\"sdk\":{")
    var first = true
    first = field("\"name\":", values[.sdkName], first, &sink)
    first = field("\"version\":", values[.sdkVersion], first, &sink)
    first = field("\"runtime\":", values[.sdkRuntime], first, &sink)
    members(visit, .sdk, first, &sink)
    sink.put("}")
  }

  /// One member, unless it is absent. Returns whether the next one is still the first of its object.
  @inline(__always)
  @discardableResult
  private static func field(
    _ key: StaticString, _ value: EventValues.Value, _ first: Bool, _ sink: inout some ByteSink & ~Copyable
  ) -> Bool {
    switch value {
    case .absent: return first
    case .null:
      if !first { sink.put(",") }
      sink.put(key)
      sink.put("null")
    case .text(let text):
      if !first { sink.put(",") }
      sink.put(key)
      sink.put("\"")
      sink.put(text)
      sink.put("\"")
    }
    return false
  }

  private static func members(
    _ visit: borrowing PageVisit, _ container: Container, _ first: Bool, _ sink: inout some ByteSink & ~Copyable
  ) {
    var first = first
    for index in 0..<visit.members.count {
      guard let member = visit.members[index], member.container == container else { continue }
      sink.put(first ? "\"" : ",\"")
      sink.put(visit.bytes(member.key))
      sink.put("\":")
      sink.put(visit.bytes(member.value))
      first = false
    }
  }
}

extension PageVisit {
  /// The event's JSON as it stands, with nothing filled in.
  public func json(into buffer: inout ByteBuffer) throws(Failure) {
    let values = EventValues(self)
    var counter = CountingSink()
    EventWriter.write(self, values, into: &counter)
    guard buffer.reserve(counter.count), let base = buffer.base else { throw .outOfMemory }
    var writer = WritingSink(base + buffer.count, capacity: counter.count)
    EventWriter.write(self, values, into: &writer)
    buffer.commit(writer.count)
  }

  /// The same for the length of a call.
  @export(interface)
  public func withJSON(_ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
    var text = ByteBuffer()
    try json(into: &text)
    try body(text.bytes)
  }
}
