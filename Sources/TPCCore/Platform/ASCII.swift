// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
  /// The byte, in lower case when it is an ASCII letter.
  @inline(__always)
  public var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Equality of ASCII text whose letters' case does not matter; `literal` is in lower case.
  func matchesIgnoringCase(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    for (mine, wanted) in zip(self, literal.bytes) {
      if mine.lowercased != wanted { return false }
    }
    return true
  }
}
