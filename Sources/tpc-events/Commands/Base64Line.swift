// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A line of base64 as in RFC 4648, section 4: padded, without white space or other characters. Says what is wrong with any other.
enum Base64Line {
  /// Appends what `text` encodes. Returns the flaw of a text that is not base64, of which a part may have been appended, or
  /// says that memory ran out.
  static func decode(_ text: Bytes, into bytes: inout ByteBuffer) -> Flaw? {
    guard bytes.reserve(text.count / 4 * 3 + 3) else {
      return Flaw(offset: 0, found: "more than there is memory for", expected: "a shorter text")
    }
    var padding = 0
    while padding < 2, padding < text.count, text[text.count - 1 - padding] == UInt8(ascii: "=") { padding += 1 }
    let digits = text.count - padding
    var word: UInt32 = 0
    for at in 0..<digits {
      guard let value = value(text[at]) else {
        return Flaw(offset: at, byte: text[at], expected: "a digit of base64 (RFC 4648)")
      }
      word = word << 6 | UInt32(value)
      if at & 3 == 3 {
        _ = bytes.append(UInt8(truncatingIfNeeded: word >> 16)) && bytes.append(UInt8(truncatingIfNeeded: word >> 8))
          && bytes.append(UInt8(truncatingIfNeeded: word))
        word = 0
      }
    }
    guard text.count & 3 == 0 else {
      return Flaw(offset: text.count, expected: "base64 in groups of four characters, padded with '=' (RFC 4648)")
    }
    let isCanonical = padding == 2 ? word & 15 == 0 : padding == 1 ? word & 3 == 0 : true
    guard isCanonical else {
      return Flaw(offset: digits - 1, byte: text[digits - 1], expected: "a last digit whose unused bits are zero (RFC 4648)")
    }
    if padding == 1 {
      _ = bytes.append(UInt8(truncatingIfNeeded: word >> 10)) && bytes.append(UInt8(truncatingIfNeeded: word >> 2))
    } else if padding == 2 {
      _ = bytes.append(UInt8(truncatingIfNeeded: word >> 4))
    }
    return nil
  }

  @inline(__always)
  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte &- 0x41
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte &- 0x47
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &+ 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
