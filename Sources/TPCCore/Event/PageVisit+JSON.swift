// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Reading an event from JSON, with the contract's verdicts (`requestBody.content.application/json.schema`).
extension PageVisit {
  /// Reads a whole event. Refuses what is not JSON and what the contract refuses, naming the first flaw in the order of the
  /// contract's fields; keeps members that the contract does not name, and the text of numbers. Of a member that stands twice
  /// the last one counts, as it does for the readers that servers use.
  @export(interface)
  public init(json: Bytes) throws(Failure) {
    self.init()
    try read(json)
  }

  /// Makes this event the one that `json` tells, in the memory it has.
  @export(interface)
  public mutating func read(_ json: Bytes) throws(Failure) {
    clear()
    guard json.count <= Limit.eventBytes else { throw FieldRule.eventTooLarge() }
    if let flaw = JSONSyntax.check(json) {
      throw Failure(flaw.isLimit ? .tooLarge : .invalidJSON, field: [], flaw: flaw)
    }
    var start = JSONCursor(json)
    start.skipWhitespace()
    guard start.kind == .object else { throw FieldRule.wrongType("", start.kind, "an object") }
    try readObject(.root, json)
  }

  /// The last value of each member that the contract names, as raw JSON; the others are kept as they come.
  private struct Named {
    var fields = InlineArray<17, Bytes?>(repeating: nil)
    var objects = InlineArray<5, Bytes?>(repeating: nil)
  }

  private mutating func readObject(_ container: Container, _ json: Bytes) throws(Failure) {
    markPresent(container)
    let named = try collect(container, json)
    if let fields = container.fields {
      for index in fields {
        guard let field = Field(rawValue: index) else { continue }
        if let value = named.fields[index] {
          try readField(field, value)
        } else if field == .event || field == .pageHref {
          throw FieldRule.missing(field.pointer, field == .event ? "\"page_visit\"" : "an absolute URI (RFC 3986)")
        }
      }
    }
    guard container == .root else { return }
    for inner in [Container.page, .request, .sdk] {
      if let value = named.objects[Int(inner.rawValue)] {
        try expectObject(inner, value)
        try readObject(inner, value)
      } else if inner == .page {
        throw FieldRule.missing(Container.page.pointer, "an object with the member href")
      }
    }
    if let value = named.objects[Int(Container.properties.rawValue)] { try readProperties(value) }
  }

  private mutating func collect(_ container: Container, _ json: Bytes) throws(Failure) -> Named {
    var named = Named()
    var cursor = JSONCursor(json)
    guard cursor.enterObject() else { return named }
    while let key = cursor.nextMember() {
      let value = cursor.skipValue()
      if let field = PageVisit.field(named: key, in: container) {
        named.fields[field.rawValue] = value
      } else if container == .root, let inner = PageVisit.object(named: key) {
        named.objects[Int(inner.rawValue)] = value
      } else {
        try setMember(container, key: key, value: value)
      }
    }
    return named
  }

  private static func field(named key: Bytes, in container: Container) -> Field? {
    guard let fields = container.fields else { return nil }
    for index in fields {
      if let field = Field(rawValue: index), JSONString.equals(key, field.name) { return field }
    }
    return nil
  }

  private static func object(named key: Bytes) -> Container? {
    for inner in [Container.page, .request, .sdk, .properties] where JSONString.equals(key, inner.name) { return inner }
    return nil
  }

  private func expectObject(_ container: Container, _ value: Bytes) throws(Failure) {
    let kind = JSONCursor(value).kind
    guard kind == .object else { throw FieldRule.wrongType(container.pointer, kind, "an object") }
  }

  private mutating func readField(_ field: Field, _ value: Bytes) throws(Failure) {
    switch JSONCursor(value).kind {
    case .string: try set(field, escaped: value.part(1, value.count - 1))
    case .null where field.isNullable: try setNull(field)
    case let kind: throw FieldRule.wrongType(field.pointer, kind, field.isNullable ? "a string or null" : "a string")
    }
  }

  /// The contract: `additionalProperties.anyOf` string, number, boolean, null.
  private mutating func readProperties(_ json: Bytes) throws(Failure) {
    try expectObject(.properties, json)
    markPresent(.properties)
    var cursor = JSONCursor(json)
    guard cursor.enterObject() else { return }
    while let key = cursor.nextMember() {
      let value = cursor.skipValue()
      try checkLength(key)
      try setMember(.properties, key: key, value: value)
    }
    // Only now, since a later member of the same key replaces an earlier one.
    for index in 0..<members.count {
      guard let member = members[index], member.container == .properties else { continue }
      let kind = JSONCursor(bytes(member.value)).kind
      guard kind == .object || kind == .array else { continue }
      var key = ByteBuffer()
      guard JSONString.decode(bytes(member.key), into: &key) else { throw .outOfMemory }
      var message = Sentence()
      message.add("found ")
      message.add(kind.words)
      message.add("; expected a string, a number, a boolean or null")
      throw Failure(.invalidEvent, field: Pointer.property(key.bytes), message: message.text)
    }
  }

  /// A key's limit is on what it says, as for the setters.
  private func checkLength(_ key: Bytes) throws(Failure) {
    guard key.count > Limit.keyBytes else { return }
    var decoded = ByteBuffer()
    guard JSONString.decode(key, into: &decoded) else { throw .outOfMemory }
    guard decoded.count <= Limit.keyBytes else { throw FieldRule.keyTooLong(decoded.count) }
  }

  /// Whether the contract takes the event as it stands. What was set is valid already, so this looks for what is missing.
  @export(interface)
  public func validate() throws(Failure) {
    if isAbsent(.pageHref) {
      throw FieldRule.missing(Field.pageHref.pointer, "an absolute URI (RFC 3986)")
    }
  }
}
