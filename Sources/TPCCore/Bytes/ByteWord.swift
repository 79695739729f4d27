// SPDX-License-Identifier: Apache-2.0

/// Eight bytes of text in one register. Most text is plain ASCII, and a look at eight bytes costs what one at a single byte
/// does. Results are flags: bit 7 of a byte's place is set where the byte has the property. Only the lowest flag set is exact
/// (a subtraction may borrow from the bytes above it), which is the first such byte of the text.
enum ByteWord {
  @inline(__always)
  private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  @inline(__always)
  static func load(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  static func nonASCII(_ word: UInt64) -> UInt64 { word & repeated(0x80) }

  /// What may not stand in a JSON string as it is: a quote, a backslash, a control character (RFC 8259, section 7).
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let quote = word ^ repeated(0x22)
    let backslash = word ^ repeated(0x5C)
    let found = (quote &- repeated(1)) & ~quote | (backslash &- repeated(1)) & ~backslash | (word &- repeated(0x20)) & ~word
    return found & repeated(0x80)
  }

  /// Whether all of a text is ASCII that stands in a JSON string as it is.
  @inline(__always)
  static func isPlain(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if count < 8 {
      for offset in 0..<count {
        let byte = base[offset]
        if byte &- 0x20 >= 0x60 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
      }
      return true
    }
    var found: UInt64 = 0
    var at = 0
    while at <= count &- 8 {
      let word = load(base, at)
      found |= special(word) | nonASCII(word)
      at &+= 8
    }
    // The last eight once more: they overlap where the length is no multiple.
    let word = load(base, count &- 8)
    return found | special(word) | nonASCII(word) == 0
  }

  /// The place of the first flagged byte, 0 to 7; 8 when none is.
  @inline(__always)
  static func first(_ flags: UInt64) -> Int { flags.trailingZeroBitCount >> 3 }
}
