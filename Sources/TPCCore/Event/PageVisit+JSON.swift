// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Reads an event from JSON, and refuses what the contract refuses (`requestBody.content.application/json.schema`).
extension PageVisit {
  /// Reads a whole event. Refuses what is not JSON and what the contract refuses, naming the first flaw in the order of the
  /// contract's fields; keeps members that the contract does not name, and the text of numbers. If a member is repeated, the last
  /// one wins, as it does for the readers that servers use. Escapes are kept, and counted, in their shortest form.
  @export(interface)
  package init(json: Bytes) throws(Failure) {
    self.init()
    try read(json)
  }

  /// Replaces this event with the one in `json`, in the memory that it has. Fails as `init(json:)` does.
  @export(interface)
  package mutating func read(_ json: Bytes) throws(Failure) {
    clear()
    try read(json, isWhole: true)
  }

  /// Reads an event for a client that takes events of up to `maximumBytes`. A text from which no such event could come is refused
  /// without being read.
  mutating func read(_ json: Bytes, maximumBytes: Int) throws(Failure) {
    let longest = maximumBytes &* Limit.escaping
    guard json.count <= longest else { throw FieldRule.textTooLarge(json.count, longest) }
    try read(json)
  }

  /// Reads `json` on top of what the event holds. Unless `isWhole`, members that the contract requires may be missing.
  mutating func read(_ json: Bytes, isWhole: Bool) throws(Failure) {
    guard json.count <= Limit.eventBytes || PageVisit.mayFit(json) else { throw FieldRule.eventTooLarge() }
    beginShortening()
    try readMembers(json, isWhole)
    guard json.count &- shortened <= Limit.eventBytes else { throw FieldRule.eventTooLarge() }
  }

  /// Whether a long text may be short enough once its escapes are shortened.
  private static func mayFit(_ json: Bytes) -> Bool {
    guard json.count <= Limit.eventBytes &* Limit.escaping else { return false }
    var escapes = 0
    for byte in json where byte == UInt8(ascii: "\\") { escapes &+= 1 }
    return json.count &- escapes &* (Limit.escaping &- 1) <= Limit.eventBytes
  }

  private mutating func readMembers(_ json: Bytes, _ isWhole: Bool) throws(Failure) {
    let body = body
    if let flaw = body.index.read(json) {
      throw Failure(flaw.isLimit ? .tooLarge : .invalidJSON, field: [], flaw: flaw)
    }
    if body.index.isIncomplete { throw .outOfMemory }
    let kind = JSONCursor(json).kind
    guard kind == .object else { throw FieldRule.wrongType("", kind, "an object") }
    try readRoot(json, isWhole)
  }

  private mutating func readRoot(_ json: Bytes, _ isWhole: Bool) throws(Failure) {
    for object in [Container.page, .request, .sdk, .properties] { body.objects[Int(object.rawValue)] = -1 }
    try readFields(.root, json, collect(.root, json, from: 0), isWhole)
    try readObject(.page, json, isWhole)
    try readObject(.request, json, isWhole)
    try readObject(.sdk, json, isWhole)
    try readProperties(json)
  }

  /// The position of an object's member in the index; nil when it is absent.
  private func object(_ container: Container, _ json: Bytes) throws(Failure) -> Int? {
    let position = body.objects[Int(container.rawValue)]
    guard let member = body.index[position] else { return nil }
    guard member.kind == .object else { throw FieldRule.wrongType(container.pointer, member.kind, "an object") }
    return position
  }

  @_optimize(speed)
  private mutating func readObject(_ container: Container, _ json: Bytes, _ isWhole: Bool) throws(Failure) {
    if let position = try object(container, json) {
      try readFields(container, json, collect(container, json, from: position &+ 1), isWhole)
    } else if container == .page && isWhole {
      throw FieldRule.missing(Container.page.pointer, "an object with the member href")
    }
  }

  /// Finds the contract's fields among an object's members, which start at a position in the index, and keeps the members that the
  /// contract does not name. Returns the fields that are present, as a set of bits; `body.positions` and `body.objects` hold the
  /// last of each name, which counts.
  @_optimize(speed)
  private mutating func collect(_ container: Container, _ json: Bytes, from start: Int) throws(Failure) -> UInt32 {
    markPresent(container)
    let level: UInt8 = container == .root ? 1 : 2
    let (members, positions) = (body.index.list, body.positions)
    var fields: UInt32 = 0
    var position = start
    while position < members.count, members[position].level >= level {
      let member = members[position]
      if member.level == level {
        let key = member.key(json)
        if member.keyHasEscape {
          try collectEscaped(container, member, json, position, &fields)
        } else if let field = Field.candidate(container, key), key.matches(field.name) {
          fields |= field.bit
          positions[field.rawValue] = position
        } else if container == .root, let object = Container.candidate(key), key.matches(object.name) {
          body.objects[Int(object.rawValue)] = position
        } else {
          try setMember(container, member, json)
        }
      }
      position &+= 1
    }
    return fields
  }

  /// Does for a member whose name is written with escapes what `collect` does for the others.
  @inline(never)
  private mutating func collectEscaped(
    _ container: Container, _ member: JSONIndex.Member, _ json: Bytes, _ position: Int, _ fields: inout UInt32
  ) throws(Failure) {
    let key = member.key(json)
    for field in Field.allCases where field.container == container && JSONString.equals(key, field.name) {
      fields |= field.bit
      body.positions[field.rawValue] = position
      return
    }
    for object in [Container.page, .request, .sdk, .properties]
    where container == .root && JSONString.equals(key, object.name) {
      body.objects[Int(object.rawValue)] = position
      return
    }
    try setMember(container, member, json)
  }

  @inline(__always)
  private mutating func setMember(_ container: Container, _ member: JSONIndex.Member, _ json: Bytes) throws(Failure) {
    let (key, value) = (member.key(json), member.value(json))
    // The index does not say whether the strings within an object or array have escapes.
    let isNested = member.kind == .object || member.kind == .array
    let hasEscapes = member.keyHasEscape || member.valueHasEscape || isNested && value.holds(UInt8(ascii: "\\"))
    try setMember(container, key: key, value: value, hasEscapes: hasEscapes)
  }

  @_optimize(speed)
  private mutating func readFields(
    _ container: Container, _ json: Bytes, _ present: UInt32, _ isWhole: Bool
  ) throws(Failure) {
    // Both come first in their objects, so a missing one is reported before whatever is wrong after it.
    if isWhole && container == .root && present & Field.event.bit == 0 {
      throw FieldRule.missing(Field.event.pointer, "\"page_visit\"")
    }
    if isWhole && container == .page && present & Field.pageHref.bit == 0 {
      throw FieldRule.missing(Field.pageHref.pointer, "an absolute URI (RFC 3986)")
    }
    let (members, positions) = (body.index.list, body.positions)
    var left = present
    while let field = Field(rawValue: left.trailingZeroBitCount) {
      left &= left &- 1
      try readField(field, members[positions[field.rawValue]], json)
    }
  }

  @inline(__always)
  private mutating func readField(_ field: Field, _ member: JSONIndex.Member, _ json: Bytes) throws(Failure) {
    switch member.kind {
    case .string:
      // Without the quotes.
      let value = member.value(json)
      try set(field, escaped: value.part(1, value.count &- 1), member.valueHasEscape)
    case .null where field.isNullable: try setNull(field)
    case let kind: throw FieldRule.wrongType(field.pointer, kind, field.isNullable ? "a string or null" : "a string")
    }
  }

  /// The contract: `additionalProperties.anyOf` string, number, boolean, null.
  @_optimize(speed)
  private mutating func readProperties(_ json: Bytes) throws(Failure) {
    guard let position = try object(.properties, json) else { return }
    markPresent(.properties)
    var next = position &+ 1
    var hasNested = false
    while let member = body.index[next], member.level == 2 {
      try checkLength(member.key(json))
      try setMember(.properties, member, json)
      if member.kind == .object || member.kind == .array { hasNested = true }
      next &+= 1
    }
    if hasNested { try refuseNested() }
  }

  /// To be called when all are read, since a later member of the same key replaces an earlier one.
  private func refuseNested() throws(Failure) {
    for index in 0..<members.count {
      guard let member = members[index], member.container == .properties else { continue }
      let kind = JSONCursor(bytes(member.value)).kind
      guard kind == .object || kind == .array else { continue }
      var key = ByteBuffer()
      guard JSONString.decode(bytes(member.key), into: &key) else { throw .outOfMemory }
      var message = MessageBuilder()
      message.add("found ")
      message.add(kind.words)
      message.add("; expected a string, a number, a boolean or null")
      throw Failure(.invalidEvent, field: Pointer.property(key.bytes), message: message.text)
    }
  }

  /// Checks a key's length, without its escapes, as the setters do.
  private func checkLength(_ key: Bytes) throws(Failure) {
    guard key.count > Limit.keyBytes else { return }
    var decoded = ByteBuffer()
    guard JSONString.decode(key, into: &decoded) else { throw .outOfMemory }
    guard decoded.count <= Limit.keyBytes else { throw FieldRule.keyTooLong(decoded.count) }
  }

  /// Fails with `invalidEvent` when the event lacks what the contract requires. What was set is valid already.
  @export(interface)
  package func validate() throws(Failure) {
    if isAbsent(.pageHref) {
      throw FieldRule.missing(Field.pageHref.pointer, "an absolute URI (RFC 3986)")
    }
  }
}
