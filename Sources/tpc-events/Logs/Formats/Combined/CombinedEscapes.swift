// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Resolves the escapes of an access log: `\"` and `\\`, `\n` and the like (Apache), `\xHH` (both).
enum CombinedEscapes {
  /// Appends the bytes that the server saw to a buffer that has room for as many as `text` has. A backslash that does not
  /// begin an escape stays.
  static func appendDecoded(_ text: Bytes, to bytes: inout ByteBuffer) {
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else {
        _ = bytes.append(text[at])
        at += 1
        continue
      }
      if text[at + 1] == UInt8(ascii: "x"), at + 3 < text.count, let high = digit(text[at + 2]), let low = digit(text[at + 3]) {
        _ = bytes.append(high << 4 | low)
        at += 4
      } else if let byte = single(text[at + 1]) {
        _ = bytes.append(byte)
        at += 2
      } else {
        _ = bytes.append(text[at])
        at += 1
      }
    }
  }

  private static func single(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "v"): 0x0B
    default: nil
    }
  }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
