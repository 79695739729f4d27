// SPDX-License-Identifier: Apache-2.0

/// The members of `/properties`: the contract takes a string, a number, a boolean or null as a value. Setting a key again
/// replaces its value.
extension PageVisit {
  @export(interface)
  public mutating func setProperty(_ key: Bytes, _ value: Bytes) throws(Failure) {
    let (flaw, needsEscape) = JSONString.scan(value)
    if let flaw {
      try FieldRule.checkKey(key)
      throw Failure(.invalidEvent, field: Pointer.property(key), flaw: flaw)
    }
    // An escape is six bytes at the most; the limit on the whole event is checked again when its bytes are made.
    try setProperty(key, maximum: value.count + 2) { text in
      text.append(UInt8(ascii: "\""))
        && (needsEscape ? JSONString.encode(value, into: &text) : text.append(value))
        && text.append(UInt8(ascii: "\""))
    }
  }

  /// A finite number; JSON has no other.
  @export(interface)
  public mutating func setProperty(_ key: Bytes, _ value: Double) throws(Failure) {
    guard value.isFinite else {
      try FieldRule.checkKey(key)
      let message: StaticString = "found a number that is not finite; expected one that JSON can write"
      throw Failure(.invalidEvent, field: Pointer.property(key), message: [UInt8](message.bytes))
    }
    // Swift's description is the shortest text that reads back as the same double, whatever the host's locale.
    var digits = value.description
    try setProperty(key, maximum: 32) { text in
      digits.withUTF8 { text.append($0.suffix(2).elementsEqual(".0".utf8) ? $0.part(0, $0.count - 2) : $0) }
    }
  }

  @export(interface)

  public mutating func setProperty(_ key: Bytes, _ value: Int64) throws(Failure) {
    try setProperty(key, maximum: 20) { $0.append(decimal: Int(value)) }
  }

  @export(interface)

  public mutating func setProperty(_ key: Bytes, _ value: Bool) throws(Failure) {
    try setProperty(key, maximum: 5) { $0.append(value ? "true" : "false") }
  }

  @export(interface)

  public mutating func setNullProperty(_ key: Bytes) throws(Failure) {
    try setProperty(key, maximum: 4) { $0.append("null") }
  }
}

/// JSON pointers (RFC 6901) to what has no fixed one.
enum Pointer {
  /// `/properties/` and the key, with `~` as `~0` and `/` as `~1`; cut after 200 bytes, which is more than an error shows.
  static func property(_ key: Bytes) -> [UInt8] {
    var pointer = Sentence()
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
