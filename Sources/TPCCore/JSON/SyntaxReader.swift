// SPDX-License-Identifier: Apache-2.0

/// Checks JSON in one pass. A step returns `false` where the text is not JSON. The kinds of the open containers are
/// kept as one bit per level, so that nesting uses no stack.
struct SyntaxReader {
  let base: UnsafePointer<UInt8>
  let count: Int
  var at = 0
  /// The number of objects and arrays that are open.
  var depth = 0
  /// Whether the innermost open container is an object.
  var inObject = false
  /// One bit for each open container, set if it is an object; the outermost is the lowest bit of the first word. Its
  /// bits are as many as `JSONSyntax.maximumDepth`.
  private var objects = Levels(repeating: 0)

  /// A bit for each level of nesting.
  typealias Levels = InlineArray<8, UInt64>
  /// Whether the string read last has an escape.
  var hasEscape = false

  init(base: UnsafePointer<UInt8>, count: Int) {
    self.base = base
    self.count = count
  }

  /// Why a step returned `false`. Kept here because passing it up through every step would cost more than the reading.
  var flaw: Flaw?

  @inline(never)
  mutating func refuse(_ expected: StaticString) -> Bool {
    flaw = Flaw(offset: at, byte: at < count ? base[at] : nil, expected: expected)
    return false
  }

  /// The byte at the position; NUL at the text's end, which no rule of the grammar accepts.
  @inline(__always)
  var byte: UInt8 { at < count ? base[at] : 0 }

  @inline(__always)
  mutating func skipWhitespace() {
    while at < count && isWhitespace(base[at]) { at &+= 1 }
  }

  /// Reads what may precede the value.
  mutating func readStart() -> Bool {
    if count >= 3 && base[0] == 0xEF && base[1] == 0xBB && base[2] == 0xBF {
      flaw = Flaw(offset: 0, found: "a byte order mark", expected: "JSON without one (RFC 8259, section 8.1)")
      return false
    }
    skipWhitespace()
    return true
  }

  /// Reads what may follow the value.
  mutating func readEnd() -> Bool {
    skipWhitespace()
    return at == count || refuse("nothing after the JSON value")
  }

  /// Reads the value at the position, with everything inside it.
  @inline(__always)
  mutating func readValue() -> Bool {
    if byte == UInt8(ascii: "\"") { return readString() }
    return readOther()
  }

  private mutating func readOther() -> Bool {
    let outside = depth
    while true {
      var opened = false
      guard readScalar(&opened) else { return false }
      if !opened {
        var another = false
        guard readAfterValue(&another, outside) else { return false }
        if !another { return true }
      }
      skipWhitespace()
    }
  }

  /// Reads a scalar or an empty container, or the start of another container up to its first value, and then sets
  /// `opened`.
  @inline(__always)
  private mutating func readScalar(_ opened: inout Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "\""): return readString()
    case UInt8(ascii: "{"), UInt8(ascii: "["): return open(&opened)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return readNumber()
    case UInt8(ascii: "t"): return readLiteral("true")
    case UInt8(ascii: "f"): return readLiteral("false")
    case UInt8(ascii: "n"): return readLiteral("null")
    default: return refuse("a JSON value")
    }
  }

  @inline(__always)
  private mutating func open(_ opened: inout Bool) -> Bool {
    guard depth < JSONSyntax.maximumDepth else {
      flaw = Flaw(offset: at, found: "deeper nesting", expected: "at most 512 levels of objects and arrays", isLimit: true)
      return false
    }
    let isObject = byte == UInt8(ascii: "{")
    at &+= 1
    skipWhitespace()
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      at &+= 1
      return true
    }
    let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: depth & 63)
    let word = depth >> 6
    objects[word] = isObject ? objects[word] | bit : objects[word] & ~bit
    depth &+= 1
    inObject = isObject
    opened = true
    return !isObject || readKey("a member's name in quotes, or '}'")
  }

  private mutating func close() {
    depth &-= 1
    let outer = depth &- 1
    inObject = outer >= 0 && objects[outer >> 6] >> UInt64(truncatingIfNeeded: outer & 63) & 1 == 1
  }

  /// Reads closing brackets and the comma, up to the next value, and then sets `another`. If there is no next value,
  /// everything that was opened is now closed.
  @inline(__always)
  private mutating func readAfterValue(_ another: inout Bool, _ outside: Int) -> Bool {
    while depth > outside {
      skipWhitespace()
      switch byte {
      case UInt8(ascii: ","):
        at &+= 1
        another = true
        guard inObject else { return true }
        skipWhitespace()
        return readKey("a member's name in quotes")
      case UInt8(ascii: "}") where inObject: break
      case UInt8(ascii: "]") where !inObject: break
      default: return refuse(inObject ? "',' or '}'" : "',' or ']'")
      }
      at &+= 1
      close()
    }
    return true
  }

  /// Reads a member's name and the colon after it.
  private mutating func readKey(_ expected: StaticString) -> Bool {
    guard byte == UInt8(ascii: "\"") else { return refuse(expected) }
    return readString() && readColon()
  }

  @inline(__always)
  mutating func readColon() -> Bool {
    skipWhitespace()
    guard byte == UInt8(ascii: ":") else { return refuse("':' after a member's name") }
    at &+= 1
    return true
  }

  private mutating func readLiteral(_ literal: StaticString) -> Bool {
    let letters = literal.bytes
    var matched = 0
    while matched < letters.count && byte == letters[matched] {
      at &+= 1
      matched &+= 1
    }
    return matched == letters.count || refuse("true, false or null")
  }

  private mutating func skipDigits() -> Bool {
    let start = at
    while at < count && base[at] &- 0x30 < 10 { at &+= 1 }
    return at > start
  }

  @_optimize(speed)
  private mutating func readNumber() -> Bool {
    if byte == UInt8(ascii: "-") { at &+= 1 }
    if byte == UInt8(ascii: "0") {
      at &+= 1
      if byte &- 0x30 < 10 { return refuse("a number without a leading zero") }
    } else if !skipDigits() {
      return refuse("a digit")
    }
    if byte == UInt8(ascii: ".") {
      at &+= 1
      if !skipDigits() { return refuse("a digit") }
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      at &+= 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at &+= 1 }
      if !skipDigits() { return refuse("a digit") }
    }
    return true
  }

  /// Reads a string from its opening quote on. The position is kept in a register during the loop.
  @inline(__always)
  mutating func readString() -> Bool {
    var at = at &+ 1
    while true {
      if count &- at >= 8 {
        let word = ByteWord.load(base, at)
        let stop = ByteWord.first(ByteWord.special(word) | ByteWord.nonASCII(word))
        at &+= stop
        if stop == 8 { continue }
      }
      if at < count && base[at] == UInt8(ascii: "\"") {
        self.at = at &+ 1
        return true
      }
      self.at = at
      guard at < count else { return refuse("a closing quote") }
      guard readCharacter() else { return false }
      at = self.at
    }
  }

  /// Reads one character of a string that is not its closing quote.
  @_optimize(speed)
  private mutating func readCharacter() -> Bool {
    if base[at] == UInt8(ascii: "\\") { return readEscape() }
    if base[at] < 0x20 { return refuse("control characters as escapes in a string") }
    // Text in other scripts: stay here rather than return to the search for ASCII after each character.
    repeat {
      let length = UTF8Text.sequenceLength(base, at, count)
      if length == 0 { return refuse(UTF8Text.expected) }
      at &+= length
    } while at < count && base[at] >= 0x80
    return true
  }

  private mutating func readEscape() -> Bool {
    hasEscape = true
    at &+= 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      at &+= 1
    case UInt8(ascii: "u"):
      at &+= 1
      for _ in 0..<4 {
        if hexadecimalValue(byte) == nil { return refuse("four hexadecimal digits after \\u") }
        at &+= 1
      }
    default:
      return refuse("an escape that JSON has (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u)")
    }
    return true
  }
}
