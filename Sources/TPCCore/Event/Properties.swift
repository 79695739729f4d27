// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Sets the members of `/properties`. The contract accepts a string, a number, a boolean or null as a value. Setting a
/// key again replaces its value.
extension PageVisit {
  /// A value that is known to be JSON.
  enum PropertyValue {
    case text(Bytes, needsEscape: Bool)
    case number(Double)
    case integer(Int64)
    case word(StaticString)

    /// The room reserved at first. It may be too little for text with escapes, which are up to six bytes each; the
    /// limit on the whole event is checked again when its bytes are made.
    var expectedBytes: Int {
      if case .text(let text, _) = self { return text.count + 2 }
      return 32
    }
  }

  @export(interface)
  package mutating func setProperty(_ key: Bytes, _ value: Bytes) throws(Failure) {
    let (flaw, needsEscape) = JSONString.scan(value)
    if let flaw {
      try FieldRule.checkKey(key)
      throw Failure(.invalidEvent, field: Pointer.property(key), flaw: flaw)
    }
    try setProperty(key, .text(value, needsEscape: needsEscape))
  }

  /// Sets a number, which must be finite: JSON has no others.
  @export(interface)
  package mutating func setProperty(_ key: Bytes, _ value: Double) throws(Failure) {
    guard value.isFinite else {
      try FieldRule.checkKey(key)
      let message: StaticString = "found a number that is not finite; expected one that JSON can write"
      throw Failure(.invalidEvent, field: Pointer.property(key), message: [UInt8](message.bytes))
    }
    try setProperty(key, .number(value))
  }

  @export(interface)
  package mutating func setProperty(_ key: Bytes, _ value: Int64) throws(Failure) { try setProperty(key, .integer(value)) }

  @export(interface)
  package mutating func setProperty(_ key: Bytes, _ value: Bool) throws(Failure) {
    try setProperty(key, .word(value ? "true" : "false"))
  }

  @export(interface)
  package mutating func setNullProperty(_ key: Bytes) throws(Failure) { try setProperty(key, .word("null")) }
}

extension ByteBuffer {
  /// Appends a property's JSON text. `false` when memory ran out.
  mutating func append(_ value: PageVisit.PropertyValue) -> Bool {
    switch value {
    case .text(let text, let needsEscape):
      return append(UInt8(ascii: "\"")) && (needsEscape ? JSONString.encode(text, into: &self) : append(text))
        && append(UInt8(ascii: "\""))
    case .number(let number): return append(number)
    case .integer(let number): return append(decimal: Int(number))
    case .word(let word): return append(word)
    }
  }

  /// Appends a number: the shortest text that reads back as the same one.
  private mutating func append(_ number: Double) -> Bool {
    guard reserve(tpc_posix_number_room), let base else { return false }
    commit(Int(tpc_posix_write_number(number, base + count)))
    return true
  }
}

/// Builds JSON pointers (RFC 6901) to members without a fixed pointer.
enum Pointer {
  /// `/properties/` and the key, with `~` written as `~0` and `/` as `~1`. Cut after 200 bytes, which is more than an
  /// error shows.
  static func property(_ key: Bytes) -> [UInt8] {
    var pointer = MessageBuilder()
    pointer.add(Container.properties.pointer)
    pointer.add("/")
    for byte in key.part(0, UTF8Text.cut(key, to: 200)) {
      switch byte {
      case UInt8(ascii: "~"): pointer.add("~0")
      case UInt8(ascii: "/"): pointer.add("~1")
      default: pointer.add([byte])
      }
    }
    return pointer.text
  }
}
