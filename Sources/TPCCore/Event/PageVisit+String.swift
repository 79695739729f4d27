// SPDX-License-Identifier: Apache-2.0

// Left out of the C library: strings pull in much of Swift's standard library.
#if !hasFeature(Embedded)

/// Setters that take Swift strings, for Swift programs.
extension PageVisit {
  package mutating func set(_ field: Field, _ value: String) throws(Failure) {
    try withUTF8Bytes(value) { bytes throws(Failure) in try set(field, bytes) }
  }

  package mutating func setProperty(_ key: String, _ value: String) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in
      try withUTF8Bytes(value) { value throws(Failure) in try setProperty(key, value) }
    }
  }

  package mutating func setProperty(_ key: String, _ value: Double) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setProperty(key, value) }
  }

  package mutating func setProperty(_ key: String, _ value: Int) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setProperty(key, Int64(value)) }
  }

  package mutating func setProperty(_ key: String, _ value: Bool) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setProperty(key, value) }
  }

  package mutating func setNullProperty(_ key: String) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setNullProperty(key) }
  }
}

/// Reads what an event holds, as Swift strings.
extension PageVisit {
  /// The value of a property, or of a member that the contract does not name.
  package enum Value {
    case string(String)
    /// As it is written in the event.
    case number(String)
    case boolean(Bool)
    case null
  }

  /// The text of a field; nil if it is absent or null.
  package func string(_ field: Field) -> String? { value(field).flatMap { PageVisit.string(escaped: $0) } }

  package func isNull(_ field: Field) -> Bool { nullFields & field.bit != 0 }

  /// The properties, in the order in which they were set first.
  package var properties: [(key: String, value: Value)] {
    var found: [(key: String, value: Value)] = []
    for member in members.elements where member.container == .properties {
      guard let key = PageVisit.string(escaped: bytes(member.key)) else { continue }
      found.append((key, PageVisit.value(bytes(member.value))))
    }
    return found
  }

  private static func value(_ json: Bytes) -> Value {
    switch json.first {
    case UInt8(ascii: "\""): .string(string(escaped: json.part(1, json.count - 1)) ?? "")
    case UInt8(ascii: "t"): .boolean(true)
    case UInt8(ascii: "f"): .boolean(false)
    case UInt8(ascii: "n"): .null
    default: .number(String(decoding: json, as: UTF8.self))
    }
  }

  /// The text of a JSON string without its quotes; nil when memory ran out.
  private static func string(escaped text: Bytes) -> String? {
    var decoded = ByteBuffer()
    guard JSONString.decode(text, into: &decoded) else { return nil }
    return String(decoding: decoded.bytes, as: UTF8.self)
  }

  /// Who signed the web request that the event was made of, and whether that was verified. Not a part of the event's JSON.
  package struct Signer: Sendable, Hashable {
    fileprivate let name: [UInt8]
    fileprivate let verification: AgentVerification?
  }

  package var requestSigner: Signer? {
    signer.count == 0 && signature == nil ? nil : Signer(name: [UInt8](signer.bytes), verification: signature)
  }

  package mutating func setRequestSigner(_ given: Signer) throws(Failure) {
    signer.truncate(to: 0)
    guard given.name.withUnsafeBufferPointer({ signer.append($0) }) else { throw .outOfMemory }
    signature = given.verification
  }
}

#endif
