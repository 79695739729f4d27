// SPDX-License-Identifier: Apache-2.0

/// Writes UUIDs (RFC 9562, section 4).
enum UUIDText {
  /// Appends 128 bits, which hold the version and the variant. `false` when memory ran out.
  @_optimize(speed)
  static func append(to buffer: inout ByteBuffer, _ high: UInt64, _ low: UInt64) -> Bool {
    guard buffer.reserve(length), let base = buffer.base else { return false }
    let target = UnsafeMutableRawPointer(base + buffer.count)
    // 8-4-4-4-12 digits, written as 32-bit words of four digits each.
    group(high >> 48, target, 0)
    group(high >> 32, target, 4)
    group(high >> 16, target, 9)
    group(high, target, 14)
    group(low >> 48, target, 19)
    group(low >> 32, target, 24)
    group(low >> 16, target, 28)
    group(low, target, 32)
    for dash in [8, 13, 18, 23] { target.storeBytes(of: UInt8(ascii: "-"), toByteOffset: dash, as: UInt8.self) }
    buffer.commit(length)
    return true
  }

  static let length = 36

  /// Writes the lowest 16 bits as four hexadecimal digits, computed side by side in one word.
  @inline(__always)
  private static func group(_ bits: UInt64, _ target: UnsafeMutableRawPointer, _ offset: Int) {
    let value = UInt32(truncatingIfNeeded: bits & 0xFFFF)
    let nibbles = (value >> 12) | (value >> 8 & 15) << 8 | (value >> 4 & 15) << 16 | (value & 15) << 24
    // Adding 6 makes a nibble of ten or more carry into bit 4: those become letters.
    let letters = (nibbles &+ 0x0606_0606) >> 4 & 0x0101_0101
    let text = nibbles &+ 0x3030_3030 &+ letters &* 0x27
    target.storeBytes(of: text.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
}
