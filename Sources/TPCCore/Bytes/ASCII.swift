// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
  /// The byte, in lower case when it is an ASCII letter.
  @inline(__always)
  public var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Equality of ASCII text whose letters' case does not matter.
  public func matchesIgnoringCase(_ literal: StaticString) -> Bool { matchesIgnoringCase(literal.bytes) }

  public func matchesIgnoringCase(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    for (mine, wanted) in zip(self, other) {
      if mine.lowercased != wanted.lowercased { return false }
    }
    return true
  }
}

/// What a hexadecimal digit of either case stands for; nil for another byte.
@inline(__always)
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  let digit = byte &- 0x30
  if digit < 10 { return digit }
  let letter = (byte | 0x20) &- 0x61
  return letter < 6 ? letter &+ 10 : nil
}
