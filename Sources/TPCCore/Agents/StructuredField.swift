// SPDX-License-Identifier: Apache-2.0

/// Reads the structured fields (RFC 9651) of signed requests: dictionaries, inner lists, parameters and bare items. Every text that
/// it returns is part of the field as it was sent, so that it can be signed text. Dates and display strings, which no signature
/// header has, count as malformed.
struct StructuredField {
  /// The kind of an item is the byte that it begins with: a digit's and a letter's stand for all of them.
  static let string = UInt8(ascii: "\"")
  static let bytes = UInt8(ascii: ":")
  static let boolean = UInt8(ascii: "?")
  static let number = UInt8(ascii: "0")
  static let token = UInt8(ascii: "a")

  private let text: Bytes
  private(set) var at = 0
  /// Whether something was met that the grammar does not have: whatever was read before is worth nothing then.
  private(set) var isMalformed = false

  init(_ text: Bytes) { self.text = text }

  var isAtEnd: Bool { at >= text.count }

  private var byte: UInt8 { at < text.count ? text[at] : 0 }

  /// The text from an offset to the position.
  func text(from start: Int) -> Bytes { text.part(start, at) }

  // MARK: Fields

  /// Takes a dictionary's next member: its key, and its value with parameters. Nil at the end, and where the field is malformed.
  @inline(never)
  mutating func nextMember() -> (key: Bytes, value: Bytes)? {
    skipSpaces()
    if isAtEnd { return nil }
    guard let key = key() else { return fault() }
    let start = at
    let hasValue = skip(UInt8(ascii: "="))
    guard hasValue ? readValue() : readParameters() else { return fault() }
    // A member without a value is true, which no signature header means.
    let value = text.part(hasValue ? start &+ 1 : start, at)
    skipSpaces()
    if isAtEnd { return (key, value) }
    guard skip(UInt8(ascii: ",")) else { return fault() }
    skipSpaces()
    return isAtEnd ? fault() : (key, value)
  }

  private mutating func fault() -> (key: Bytes, value: Bytes)? {
    isMalformed = true
    return nil
  }

  /// Reads an item or an inner list, with its parameters; `false` where it is malformed.
  @inline(never)
  mutating func readValue() -> Bool { readBare() && readParameters() }

  /// The same without the parameters of the whole.
  @inline(never)
  mutating func readBare() -> Bool {
    guard skip(UInt8(ascii: "(")) else { return item() != nil }
    while true {
      skipSpaces()
      if skip(UInt8(ascii: ")")) { return true }
      guard item() != nil, readParameters(), byte == 0x20 || byte == UInt8(ascii: ")") else { return false }
    }
  }

  @inline(never)
  private mutating func readParameters() -> Bool {
    while byte == UInt8(ascii: ";") {
      guard nextParameter() != nil else { return false }
    }
    return true
  }

  /// Takes the next parameter; nil when there is none or it is malformed. One without a value is true.
  @inline(never)
  mutating func nextParameter() -> (key: Bytes, kind: UInt8, value: Bytes)? {
    guard skip(UInt8(ascii: ";")) else { return nil }
    skipSpaces()
    guard let key = key() else { return nil }
    guard skip(UInt8(ascii: "=")) else { return (key, StructuredField.boolean, Bytes("1")) }
    return item().map { (key, $0.kind, $0.value) }
  }

  // MARK: Parts

  @inline(never)
  mutating func skip(_ wanted: UInt8) -> Bool {
    guard byte == wanted, !isAtEnd else { return false }
    at &+= 1
    return true
  }

  mutating func skipSpaces() {
    while byte == 0x20 || byte == 0x09 { at &+= 1 }
  }

  private mutating func key() -> Bytes? {
    guard byte &- 0x61 < 26 || byte == UInt8(ascii: "*") else { return nil }
    let start = at
    pass(0x03FF_6400_0000_0000, 0x07FF_FFFE_8000_0000)
    return text(from: start)
  }

  /// Passes over bytes of a set: one bit for each of those below 0x40, and of those up to 0x7F.
  @inline(never)
  private mutating func pass(_ low: UInt64, _ high: UInt64) {
    while byte < 0x80, (byte < 0x40 ? low : high) &>> UInt64(byte & 0x3F) & 1 != 0 { at &+= 1 }
  }

  /// Takes a bare item: what is between the quotes of a string, with its escapes, and between the colons of bytes. Nil where it is
  /// malformed. What a number or bytes mean is checked by those who want to know.
  @inline(never)
  mutating func item() -> (kind: UInt8, value: Bytes)? {
    let start = at
    var kind = byte
    var edge = 0
    switch kind {
    case StructuredField.string:
      repeat {
        if byte == UInt8(ascii: "\\") { at &+= 1 }
        at &+= 1
        guard byte &- 0x20 < 0x5F, byte != UInt8(ascii: "\\") || escapes(at &+ 1) else { return nil }
      } while byte != StructuredField.string
      at &+= 1
      edge = 1
    case StructuredField.bytes:
      at &+= 1
      pass(0x23FF_A800_0000_0000, 0x07FF_FFFE_87FF_FFFE)
      guard skip(StructuredField.bytes) else { return nil }
      edge = 1
    case StructuredField.boolean:
      at &+= 1
      guard byte | 1 == UInt8(ascii: "1") else { return nil }
      at &+= 1
    default:
      if byte &- 0x30 < 10 || byte == UInt8(ascii: "-") {
        kind = StructuredField.number
        pass(0x03FF_6000_0000_0000, 0)
      } else {
        guard (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "*") else { return nil }
        kind = StructuredField.token
        // Letters, digits and !#$%&'*+-.^_`|~:/
        pass(0x07FF_ECFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
      }
    }
    return (kind, text.part(start &+ edge, at &- edge))
  }

  private func escapes(_ offset: Int) -> Bool {
    offset < text.count && (text[offset] == UInt8(ascii: "\"") || text[offset] == UInt8(ascii: "\\"))
  }
}
