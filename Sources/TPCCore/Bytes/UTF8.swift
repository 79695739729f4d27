// SPDX-License-Identifier: Apache-2.0

/// UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above U+10FFFF.
package enum UTF8Text {
  static let expected: StaticString = "valid UTF-8 (RFC 3629)"

  static func isASCII(_ text: Bytes) -> Bool { text.baseAddress.map { ByteWord.isASCII($0, text.count) } ?? true }

  /// The first flaw in the text's UTF-8; nil if all of it is valid.
  @_optimize(speed)
  package static func check(_ text: Bytes) -> Flaw? {
    guard let base = text.baseAddress, !ByteWord.isASCII(base, text.count) else { return nil }
    return check(base, text.count)
  }

  /// Does the work of `check` for text that is not ASCII.
  private static func check(_ base: UnsafePointer<UInt8>, _ count: Int) -> Flaw? {
    var at = 0
    while at < count {
      if count &- at >= 8 && ByteWord.nonASCII(ByteWord.load(base, at)) == 0 {
        at &+= 8
        continue
      }
      let length = sequenceLength(base, at, count)
      if length == 0 { return Flaw(offset: at, byte: base[at], expected: expected) }
      at &+= length
    }
    return nil
  }

  /// The largest length up to `limit` that does not split a character.
  @export(interface)
  package static func cut(_ text: Bytes, to limit: Int) -> Int {
    guard limit < text.count else { return text.count }
    guard limit > 0, let base = text.baseAddress else { return 0 }
    var length = limit
    // A character has at most three continuation bytes: a longer run is not UTF-8 and may be cut anywhere.
    while length > 0 && length > limit - 4 && base[length] & 0xC0 == 0x80 { length -= 1 }
    return base[length] & 0xC0 == 0x80 ? limit : length
  }

  /// The length in bytes of the well-formed character at `offset`, which must be below `count`; 0 if there is none
  /// (Unicode, table 3-7).
  @inline(__always)
  static func sequenceLength(_ base: UnsafePointer<UInt8>, _ offset: Int, _ count: Int) -> Int {
    let first = base[offset]
    if first < 0x80 { return 1 }
    let left = count &- offset
    guard first >= 0xC2, first <= 0xF4, left >= 2 else { return 0 }
    let second = base[offset &+ 1]
    if first < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
    guard left >= 3, base[offset &+ 2] & 0xC0 == 0x80 else { return 0 }
    if first < 0xF0 {
      let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
      return second >= lowest && second <= highest ? 3 : 0
    }
    guard left >= 4, base[offset &+ 3] & 0xC0 == 0x80 else { return 0 }
    let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
    return second >= lowest && second <= highest ? 4 : 0
  }
}
