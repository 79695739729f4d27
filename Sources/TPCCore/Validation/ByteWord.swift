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

  /// The place of the first flagged byte, 0 to 7; 8 when none is.
  @inline(__always)
  static func first(_ flags: UInt64) -> Int { flags.trailingZeroBitCount >> 3 }
}
