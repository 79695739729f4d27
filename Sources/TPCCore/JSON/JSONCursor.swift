// SPDX-License-Identifier: Apache-2.0

/// The kind of a JSON value.
package enum JSONKind: UInt8, Sendable, BitwiseCopyable {
  case object, array, string, number, `true`, `false`, null
  /// No value starts there. Does not occur in a text that `JSONSyntax.check` accepts.
  case invalid

  /// The kind of the value that starts with this byte.
  @inline(__always)
  init(first byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"): self = .object
    case UInt8(ascii: "["): self = .array
    case UInt8(ascii: "\""): self = .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
    case UInt8(ascii: "t"): self = .true
    case UInt8(ascii: "f"): self = .false
    case UInt8(ascii: "n"): self = .null
    default: self = .invalid
    }
  }
}

/// Walks through a text that `JSONSyntax.check` has accepted, without copying any of it. For any other text it returns
/// meaningless pieces, but stays within the text and reaches its end.
///
///     var cursor = JSONCursor(text)
///     guard cursor.enterObject() else { … }
///     while let key = cursor.nextMember() { let value = cursor.skipValue() … }
package struct JSONCursor {
  private let text: Bytes
  private var at = 0

  package init(_ text: Bytes) { self.text = text }

  @inline(__always)
  private func byte(_ offset: Int) -> UInt8 {
    guard offset < text.count, let base = text.baseAddress else { return 0 }
    return base[offset]
  }

  @inline(__always)
  package mutating func skipWhitespace() {
    while at < text.count && isWhitespace(byte(at)) { at &+= 1 }
  }

  /// The kind of the value at the position, after any whitespace there.
  package var kind: JSONKind {
    var start = at
    while start < text.count && isWhitespace(byte(start)) { start &+= 1 }
    return JSONKind(first: byte(start))
  }

  /// Skips the value at the position and returns its text, which for a string includes the quotes.
  package mutating func skipValue() -> Bytes {
    skipWhitespace()
    let start = at
    switch byte(at) {
    case UInt8(ascii: "\""):
      _ = skipString()
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      skipContainer()
    default:
      while at < text.count && !endsScalar(byte(at)) { at &+= 1 }
    }
    return text.part(start, at)
  }

  /// Steps into the object at the position, before its first member. `false`, without a step, if there is no object.
  package mutating func enterObject() -> Bool {
    skipWhitespace()
    guard byte(at) == UInt8(ascii: "{") else { return false }
    at &+= 1
    return true
  }

  /// Reads the next member's name and moves to its value. Returns the raw text between the quotes. At the object's end
  /// it returns nil and moves past the end.
  package mutating func nextMember() -> Bytes? {
    skipWhitespace()
    if byte(at) == UInt8(ascii: ",") {
      at &+= 1
      skipWhitespace()
    }
    guard byte(at) == UInt8(ascii: "\"") else {
      at = byte(at) == UInt8(ascii: "}") ? at &+ 1 : text.count
      return nil
    }
    let key = skipString()
    skipWhitespace()
    if byte(at) == UInt8(ascii: ":") { at &+= 1 }
    skipWhitespace()
    return key
  }

  /// Steps into the array at the position, before its first element. `false`, without a step, if there is no array.
  package mutating func enterArray() -> Bool {
    skipWhitespace()
    guard byte(at) == UInt8(ascii: "[") else { return false }
    at &+= 1
    return true
  }

  /// Reads the next element's text. At the array's end it returns nil and moves past the end.
  package mutating func nextElement() -> Bytes? {
    skipWhitespace()
    if byte(at) == UInt8(ascii: ",") { at &+= 1 }
    skipWhitespace()
    if byte(at) == UInt8(ascii: "]") {
      at &+= 1
      return nil
    }
    return at < text.count ? skipValue() : nil
  }

  @inline(__always)
  private func endsScalar(_ byte: UInt8) -> Bool {
    isWhitespace(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }

  /// Moves from an opening quote past the closing one; returns what is between them.
  @inline(__always)
  private mutating func skipString() -> Bytes {
    at &+= 1
    let start = at
    guard let base = text.baseAddress else { return text }
    while true {
      if text.count &- at >= 8 {
        let stop = ByteWord.first(ByteWord.special(ByteWord.load(base, at)))
        at &+= stop
        if stop == 8 { continue }
      }
      guard at < text.count else { return text.part(start, at) }
      if base[at] == UInt8(ascii: "\"") {
        at &+= 1
        return text.part(start, at &- 1)
      }
      at = min(at &+ (base[at] == UInt8(ascii: "\\") ? 2 : 1), text.count)
    }
  }

  private mutating func skipContainer() {
    var depth = 0
    while at < text.count {
      switch byte(at) {
      case UInt8(ascii: "\""):
        _ = skipString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth &+= 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth &-= 1
      default:
        break
      }
      at &+= 1
      if depth == 0 { return }
    }
  }
}
