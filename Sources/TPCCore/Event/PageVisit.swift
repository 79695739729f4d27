// SPDX-License-Identifier: Apache-2.0

/// One page visit, the contract's request body. Values are held, already checked, as the JSON text that will be sent.
///
///     var visit = PageVisit()
///     try visit.set(.pageHref, "https://example.com/pricing")
///     try visit.setProperty("status", 200)
///     try client.track(visit)
///
/// A value is checked and escaped when it is set, so an event never holds anything invalid, and `track` only has to
/// join the pieces. Everything is stored in one buffer, which `clear` keeps: an event that is reused allocates nothing.
@usableFromInline  // An Embedded build of another module has to see how it is freed.
package struct PageVisit: ~Copyable {
  /// A range of `text`.
  struct Span: BitwiseCopyable {
    var offset: UInt32 = 0
    var length: UInt32 = 0
  }

  /// A member whose key the contract does not name: a property, or an unknown member that is passed on unchanged. Its
  /// value is raw JSON, including a string's quotes.
  struct Member: BitwiseCopyable {
    var container: Container
    var key: Span
    var value: Span
  }

  private(set) var text = ByteBuffer()
  /// The buffer in which the whole event is assembled.
  let body: EventWorkspace
  /// The span of each field's text, by the field's number. In memory owned by `body` rather than an InlineArray, which
  /// the compiler copies as a whole to read one element.
  private let spans: UnsafeMutablePointer<Span>
  /// The fields that have a text, and those that are null, as bit sets.
  private(set) var textFields: UInt32 = 0
  private(set) var nullFields: UInt32 = 0
  private(set) var members = GrowableArray<Member>()
  /// Bytes of `text` that are no longer used because a later value replaced them.
  private var garbage = 0
  /// The objects that are present even if none of their fields is, one bit per container: `"sdk":{}` differs from an
  /// absent `sdk`. Includes those with members.
  private var present: UInt8 = 0
  /// The members' indexes in `members`, sorted by container and key, once there are many members. A host that passes on
  /// a browser's JSON lets strangers choose a thousand keys, and comparing each with every other would cost as much as
  /// ten thousand events.
  private(set) var order = GrowableArray<UInt16>()
  /// An `@` and the host that the request is signed as, by its own word; empty when it names none. Not a part of the event's JSON.
  var signer = ByteBuffer()
  /// What the request's signature shows, if that is known.
  var signature: AgentVerification?
  /// How many bytes longer the text read last was than its shortest form, because of its escapes.
  private(set) var shortened = 0

  package init() {
    body = EventWorkspace()
    spans = body.spans
  }

  /// Empties the event and keeps its memory.
  @export(interface)
  package mutating func clear() {
    text.truncate(to: 0)
    textFields = 0
    nullFields = 0
    members.removeAll()
    order.removeAll()
    garbage = 0
    present = 0
    signer.truncate(to: 0)
    signature = nil
  }

  // MARK: Fields

  /// Sets a field from UTF-8 text. If the contract does not allow the value, throws and keeps the old one.
  @export(interface)
  @_optimize(speed)
  package mutating func set(_ field: Field, _ value: Bytes) throws(Failure) {
    let needsEscape = try FieldRule.check(field, value)
    try makeRoom(for: value.count)
    let start = text.count
    let stored = needsEscape ? JSONString.encode(value, into: &text) : text.append(value)
    try finish(field, from: start, stored)
  }

  /// Sets a field from text that is known to be what the contract takes and to need no escapes, such as a checked URI.
  mutating func set(_ field: Field, valid value: Bytes) throws(Failure) {
    try makeRoom(for: value.count)
    let start = text.count
    try finish(field, from: start, text.append(value))
  }

  /// Sets everything that another event holds.
  mutating func add(_ other: borrowing PageVisit) throws(Failure) {
    var left = other.textFields | other.nullFields
    while let field = Field(rawValue: left.trailingZeroBitCount) {
      left &= left &- 1
      if let text = other.value(field) { try set(field, valid: text) } else { try setNull(field) }
    }
    for index in 0..<other.members.count {
      guard let member = other.members[index] else { continue }
      let (key, value) = (other.bytes(member.key), other.bytes(member.value))
      try setMember(member.container, key: key, value: value, hasEscapes: false)
    }
    present |= other.present
  }

  /// Sets a field from the text of a JSON string, without its quotes; the caller knows that it is valid JSON.
  @inline(__always)
  mutating func set(_ field: Field, escaped value: Bytes, _ hasEscape: Bool) throws(Failure) {
    // Checks that look at the text need it decoded; the others work on any JSON string.
    if hasEscape && FieldRule.needsDecoding(field) {
      var decoded = ByteBuffer()
      guard JSONString.decode(value, into: &decoded) else { throw .outOfMemory }
      shortened &+= value.count &- decoded.count
      return try set(field, decoded.bytes)
    }
    try FieldRule.check(field, escaped: value)
    try makeRoom(for: min(value.count, Limit.eventBytes))
    let start = text.count
    try finish(field, from: start, hasEscape ? appendShortened(value) : text.append(value))
  }

  mutating func beginShortening() { shortened = 0 }

  @inline(never)
  private mutating func appendShortened(_ value: Bytes) -> Bool {
    let start = text.count
    guard JSONString.shorten(value, into: &text) else { return false }
    shortened &+= value.count &- (text.count &- start)
    return true
  }

  /// Sets a field to JSON null, if the contract allows that.
  @export(interface)
  package mutating func setNull(_ field: Field) throws(Failure) {
    guard field.isNullable else { throw FieldRule.notNullable(field) }
    discard(field)
    textFields &= ~field.bit
    nullFields |= field.bit
  }

  @inline(__always)
  private mutating func finish(_ field: Field, from start: Int, _ stored: Bool) throws(Failure) {
    guard stored else {
      text.truncate(to: start)
      throw .outOfMemory
    }
    discard(field)
    guard text.count &- garbage <= Limit.eventBytes else {
      if textFields & field.bit != 0 { garbage &-= Int(spans[field.rawValue].length) }
      text.truncate(to: start)
      throw FieldRule.eventTooLarge()
    }
    spans[field.rawValue] = span(from: start)
    textFields |= field.bit
    nullFields &= ~field.bit
  }

  @inline(__always)
  private mutating func discard(_ field: Field) {
    if textFields & field.bit != 0 { garbage &+= Int(spans[field.rawValue].length) }
  }

  mutating func markPresent(_ container: Container) { present |= 1 << container.rawValue }

  @inline(__always)
  func isPresent(_ container: Container) -> Bool {
    present & (1 << container.rawValue) != 0 || (textFields | nullFields) & container.bits != 0
  }

  @inline(__always)
  func isAbsent(_ field: Field) -> Bool { (textFields | nullFields) & field.bit == 0 }

  /// The JSON text of a field without its quotes; nil if the field is absent or null.
  @inline(__always)
  func value(_ field: Field) -> Bytes? { textFields & field.bit != 0 ? text(of: field.rawValue) : nil }

  /// The JSON text of a field, given by its number, which must have a text.
  @inline(__always)
  func text(of field: Int) -> Bytes { bytes(spans[field]) }

  /// Whether an object may have members other than the contract's fields. One that is not marked present has none.
  @inline(__always)
  func mayHaveMembers(_ container: Container) -> Bool { present & (1 << container.rawValue) != 0 }

  // MARK: Members

  /// Sets a member from JSON text: `key` without its quotes, `value` as a whole. If a key is repeated, the last one
  /// wins.
  @inline(never)
  mutating func setMember(_ container: Container, key: Bytes, value: Bytes, hasEscapes: Bool) throws(Failure) {
    try makeRoom(for: min(key.count + value.count, Limit.eventBytes))
    let start = text.count
    var stored = hasEscapes ? appendShortened(key) : text.append(key)
    let keyLength = text.count - start
    stored = stored && (hasEscapes ? appendShortened(value) : text.append(value))
    guard stored else {
      text.truncate(to: start)
      throw .outOfMemory
    }
    try addMember(container, start: start, keyLength: keyLength)
  }

  mutating func setProperty(_ key: Bytes, _ value: PropertyValue) throws(Failure) {
    let needsEscape = try FieldRule.checkKey(key)
    try makeRoom(for: key.count + value.expectedBytes)
    let start = text.count
    guard needsEscape ? JSONString.encode(key, into: &text) : text.append(key) else {
      text.truncate(to: start)
      throw .outOfMemory
    }
    let keyLength = text.count - start
    guard text.append(value) else {
      text.truncate(to: start)
      throw .outOfMemory
    }
    try addMember(.properties, start: start, keyLength: keyLength)
  }

  /// Adds the end of `text`, from `start` on, as a member: a key of `keyLength` bytes, followed by its value.
  @_optimize(speed)
  private mutating func addMember(_ container: Container, start: Int, keyLength: Int) throws(Failure) {
    let added = Member(
      container: container,
      key: Span(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: keyLength)),
      value: span(from: start + keyLength))
    let (found, isFound) = find(container, bytes(added.key))
    if isFound {
      let index = hasOrder ? Int(order[found] ?? 0) : found
      guard let member = members[index] else { return }
      let replaced = Int(member.key.length) + Int(member.value.length)
      try checkSize(start, replaced)
      garbage += replaced
      members.replace(index, with: added)
      return
    }
    try checkSize(start, 0)
    guard members.count < Limit.members else {
      text.truncate(to: start)
      throw FieldRule.tooManyMembers(container)
    }
    guard members.reserve(1), members.count < PageVisit.fewMembers || order.reserve(PageVisit.fewMembers + 1) else {
      text.truncate(to: start)
      throw .outOfMemory
    }
    // Neither can fail: room has been reserved for both.
    _ = members.append(added)
    if hasOrder { _ = order.insert(UInt16(truncatingIfNeeded: members.count - 1), at: found) }
    if !hasOrder && members.count > PageVisit.fewMembers { makeOrder() }
    markPresent(container)
  }

  /// Up to this many members are searched one by one; more are sorted in `order`.
  static let fewMembers = 16

  var hasOrder: Bool { order.count > 0 }

  private mutating func makeOrder() {
    for index in 0..<members.count {
      guard let member = members[index] else { continue }
      _ = order.insert(UInt16(truncatingIfNeeded: index), at: search(member.container, bytes(member.key)).index)
    }
  }

  /// Removes what was added from `start` on and throws, if the event would be too large even without `replaced` bytes.
  private mutating func checkSize(_ start: Int, _ replaced: Int) throws(Failure) {
    guard text.count - garbage - replaced > Limit.eventBytes else { return }
    text.truncate(to: start)
    throw FieldRule.eventTooLarge()
  }

  // MARK: Memory

  @inline(__always)
  func bytes(_ span: Span) -> Bytes {
    // Spans are made from what `text` holds, and when it shrinks, all of them go.
    guard let base = text.base, Int(span.offset) &+ Int(span.length) <= text.count else { return Bytes(start: nil, count: 0) }
    return Bytes(start: base + Int(span.offset), count: Int(span.length))
  }

  private func span(from start: Int) -> Span {
    Span(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: text.count - start))
  }

  /// Refuses more text than any event can hold. Drops replaced values once they outweigh the rest, so that setting a
  /// field over and over does not grow the buffer without bound.
  @inline(__always)
  private mutating func makeRoom(for extra: Int) throws(Failure) {
    if extra <= 65536 && text.count <= 65536 && garbage <= 4096 { return }
    try makeMuchRoom(for: extra)
  }

  private mutating func makeMuchRoom(for extra: Int) throws(Failure) {
    if extra > Limit.eventBytes { throw FieldRule.eventTooLarge() }
    if garbage > 4096 && garbage > text.count / 2 { try compact() }
  }

  private mutating func compact() throws(Failure) {
    var living = ByteBuffer()
    guard living.reserve(text.count - garbage) else { throw .outOfMemory }
    func move(_ span: Span, _ living: inout ByteBuffer) -> Span {
      let start = living.count
      _ = living.append(bytes(span))
      return Span(offset: UInt32(truncatingIfNeeded: start), length: span.length)
    }
    for index in 0..<Field.count where textFields & 1 << UInt32(index) != 0 { spans[index] = move(spans[index], &living) }
    for index in 0..<members.count {
      guard var member = members[index] else { continue }
      member.key = move(member.key, &living)
      member.value = move(member.value, &living)
      members.replace(index, with: member)
    }
    text = living
    garbage = 0
  }
}
