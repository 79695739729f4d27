// SPDX-License-Identifier: Apache-2.0

/// The contract's requirements for each field's text, and the messages for violations.
enum FieldRule {
  /// Whether the check reads the text itself, so that JSON escapes must be resolved first.
  static func needsDecoding(_ field: Field) -> Bool {
    switch field {
    case .event, .occurredAt, .pageHref, .pageCanonicalUrl: true
    case .eventId, .sessionId, .anonymousId, .pageDomain, .pagePathname, .pageTitle, .requestReferrer, .requestUserAgent,
      .requestClientIp, .requestMethod, .sdkName, .sdkVersion, .sdkRuntime:
      false
    }
  }

  /// Throws if the contract does not allow `value`; otherwise returns whether it must be escaped in JSON.
  @inline(__always)
  static func check(_ field: Field, _ value: Bytes) throws(Failure) -> Bool {
    try check(field, escaped: value)
    // A valid URI or time is ASCII without quote or backslash: nothing to escape.
    if needsDecoding(field) { return false }
    let (flaw, needsEscape) = JSONString.scan(value)
    if let flaw { throw refusal(field, flaw) }
    return needsEscape
  }

  /// Like `check`, for text known to be a JSON string's. Escapes must have been resolved if `needsDecoding` says so.
  @inline(__always)
  static func check(_ field: Field, escaped value: Bytes) throws(Failure) {
    switch field {
    case .pageHref, .pageCanonicalUrl:
      if let flaw = URI.check(value) { throw refusal(field, flaw) }
    case .occurredAt:
      if let flaw = DateTime.check(value) { throw refusal(field, flaw) }
    case .event:
      guard value.matches("page_visit") else {
        throw Failure(.invalidEvent, field: field.pointer, "found another text; expected \"page_visit\"")
      }
    case .eventId:
      guard value.count > 0 else {
        throw Failure(.invalidEvent, field: field.pointer, "found an empty text; expected at least one character")
      }
    case .sessionId, .anonymousId, .pageDomain, .pagePathname, .pageTitle, .requestReferrer, .requestUserAgent,
      .requestClientIp, .requestMethod, .sdkName, .sdkVersion, .sdkRuntime:
      break
    }
  }

  @inline(never)
  private static func refusal(_ field: Field, _ flaw: Flaw) -> Failure {
    Failure(.invalidEvent, field: [UInt8](field.pointer.bytes), flaw: flaw)
  }

  /// Checks a property's key: valid UTF-8 of a bounded length. Returns whether it must be escaped in JSON.
  @discardableResult
  static func checkKey(_ key: Bytes) throws(Failure) -> Bool {
    let (flaw, needsEscape) = JSONString.scan(key)
    if let flaw { throw Failure(.invalidEvent, field: [UInt8](Container.properties.pointer.bytes), flaw: flaw) }
    guard key.count <= Limit.keyBytes else { throw keyTooLong(key.count) }
    return needsEscape
  }

  static func notNullable(_ field: Field) -> Failure { wrongType(field.pointer, .null, "a string") }

  /// The failure "found a number; expected a string".
  static func wrongType(_ pointer: StaticString, _ kind: JSONKind, _ expected: StaticString) -> Failure {
    var message = MessageBuilder()
    message.add("found ")
    message.add(kind.words)
    message.add("; expected ")
    message.add(expected)
    return Failure(.invalidEvent, field: [UInt8](pointer.bytes), message: message.text)
  }

  static func missing(_ pointer: StaticString, _ expected: StaticString) -> Failure {
    var message = MessageBuilder()
    message.add("is missing; expected ")
    message.add(expected)
    return Failure(.invalidEvent, field: [UInt8](pointer.bytes), message: message.text)
  }

  static func keyTooLong(_ length: Int) -> Failure {
    limit(Container.properties.pointer, "a key of ", length, " bytes", Limit.keyBytes)
  }

  static func tooManyMembers(_ container: Container) -> Failure {
    limit(container.pointer, "more members", nil, "", Limit.members)
  }

  static func eventTooLarge() -> Failure {
    limit("", "more bytes in the event", nil, "", Limit.eventBytes)
  }

  /// The failure for a text too long to become an event within `max_event_bytes`.
  static func textTooLarge(_ length: Int, _ most: Int) -> Failure {
    var message = MessageBuilder()
    message.add("found a text of ")
    message.add(length)
    message.add(" bytes; expected at most ")
    message.add(most)
    message.add(" (six times max_event_bytes, which is how much longer escapes make it)")
    return Failure(.tooLarge, field: [], message: message.text)
  }

  private static func limit(
    _ pointer: StaticString, _ found: StaticString, _ count: Int?, _ unit: StaticString, _ most: Int
  ) -> Failure {
    var message = MessageBuilder()
    message.add("found ")
    message.add(found)
    if let count { message.add(count) }
    message.add(unit)
    message.add("; the limit is ")
    message.add(most)
    return Failure(.tooLarge, field: [UInt8](pointer.bytes), message: message.text)
  }
}

extension JSONKind {
  var words: StaticString {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .true: "true"
    case .false: "false"
    case .null: "null"
    case .invalid: "nothing"
    }
  }
}
