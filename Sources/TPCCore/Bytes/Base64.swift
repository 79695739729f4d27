// SPDX-License-Identifier: Apache-2.0

/// Reads bytes written as base64 or base64url (RFC 4648), with or without padding.
enum Base64 {
  /// Appends the bytes of a text. `false` when memory ran out, and for any other text.
  @inline(never)
  static func decode(_ text: Bytes, into bytes: inout ByteBuffer) -> Bool {
    var digits = text
    while digits.count &+ 2 > text.count, digits.last == UInt8(ascii: "=") { digits = digits.part(0, digits.count &- 1) }
    var bits: UInt32 = 0
    var count = 0
    for byte in digits {
      guard let value = value(byte) else { return false }
      bits = bits << 6 | UInt32(value)
      count &+= 6
      guard count >= 8 else { continue }
      count &-= 8
      guard bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count))) else { return false }
      bits &= 1 << UInt32(count) &- 1
    }
    // What is left of the last digit is less than a byte, and all zero: each value has one text.
    return count < 6 && bits == 0
  }

  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte &- 0x41
    case 0x61...0x7A: byte &- 0x61 &+ 26
    case 0x30...0x39: byte &- 0x30 &+ 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
