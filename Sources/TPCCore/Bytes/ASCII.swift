// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
  /// The byte, made lower case if it is an ASCII letter.
  @inline(__always)
  package var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Compares ASCII text, ignoring the case of letters.
  package func matchesIgnoringCase(_ literal: StaticString) -> Bool { matchesIgnoringCase(literal.bytes) }

  @_optimize(speed)
  package func matchesIgnoringCase(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    // Most texts that match are written alike.
    guard !matches(other), let mine = baseAddress, let wanted = other.baseAddress else { return true }
    for offset in 0..<count where mine[offset].lowercased != wanted[offset].lowercased { return false }
    return true
  }
}

/// The value of a hexadecimal digit of either case; nil for any other byte.
@inline(__always)
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  let digit = byte &- 0x30
  if digit < 10 { return digit }
  let letter = (byte | 0x20) &- 0x61
  return letter < 6 ? letter &+ 10 : nil
}
