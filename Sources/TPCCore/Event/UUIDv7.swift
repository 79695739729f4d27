// SPDX-License-Identifier: Apache-2.0

/// Makes UUIDs of version 7 (RFC 9562, 5.7): 48 bits of Unix time in milliseconds, followed by random bits.
enum UUIDv7 {
  @inline(__always)
  static func append(to buffer: inout ByteBuffer, milliseconds: Int64, _ random: (UInt64, UInt64)) -> Bool {
    let high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | random.0 & 0x0FFF
    return UUIDText.append(to: &buffer, high, random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }
}
