// SPDX-License-Identifier: Apache-2.0

/// Tests on eight bytes of text in one register. Most text is plain ASCII, and testing eight bytes costs as much as
/// testing one. Results are flags: bit 7 of each byte that has the property is set. Only the lowest flag, which belongs
/// to the first such byte of the text, is exact: a subtraction may borrow from the bytes above it.
enum ByteWord {
  @inline(__always)
  private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  @inline(__always)
  static func load(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  static func nonASCII(_ word: UInt64) -> UInt64 { word & repeated(0x80) }

  /// Flags the bytes that a JSON string must escape: quote, backslash and control characters (RFC 8259, section 7).
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let quote = word ^ repeated(0x22)
    let backslash = word ^ repeated(0x5C)
    let found = (quote &- repeated(1)) & ~quote | (backslash &- repeated(1)) & ~backslash | (word &- repeated(0x20)) & ~word
    return found & repeated(0x80)
  }

  /// Whether the whole text is ASCII that needs no escape in a JSON string.
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
    // The last eight bytes overlap those before them unless the length is a multiple of eight.
    let word = load(base, count &- 8)
    return found | special(word) | nonASCII(word) == 0
  }

  @inline(__always)
  static func isASCII(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var found: UInt64 = 0
    var at = 0
    while at <= count &- 8 {
      found |= load(base, at)
      at &+= 8
    }
    // The last eight bytes overlap those before them unless the length is a multiple of eight.
    if count >= 8 { return nonASCII(found | load(base, count &- 8)) == 0 }
    var bytes: UInt8 = 0
    while at < count {
      bytes |= base[at]
      at &+= 1
    }
    return bytes < 0x80
  }

  /// The index of the first flagged byte, 0 to 7; 8 if none is flagged.
  @inline(__always)
  static func first(_ flags: UInt64) -> Int { flags.trailingZeroBitCount >> 3 }
}
