// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Decodes and encodes the text of JSON strings, always without the quotes around it (RFC 8259, section 7).
package enum JSONString {
  /// The most that `shorten` can shrink an escape: `\u0061` becomes `a`.
  static let longestEscape = 6

  /// Appends the UTF-8 text that `escaped` represents. A lone surrogate, which UTF-8 cannot represent, becomes U+FFFD.
  /// `false` when memory ran out.
  package static func decode(_ escaped: Bytes, into text: inout ByteBuffer) -> Bool {
    // An escape is never shorter than the character it represents.
    guard let base = escaped.baseAddress else { return true }
    guard text.reserve(escaped.count) else { return false }
    var at = 0
    while let backslash = find(base, at, escaped.count) {
      guard text.append(escaped.part(at, backslash)) else { return false }
      let (scalar, next) = readEscape(escaped, backslash)
      guard appendUTF8(scalar, to: &text) else { return false }
      at = next
    }
    return text.append(escaped.part(at, escaped.count))
  }

  /// Whether `escaped` represents the UTF-8 text `literal`.
  package static func equals(_ escaped: Bytes, _ literal: Bytes) -> Bool {
    if escaped.count < literal.count { return false }
    guard let base = escaped.baseAddress, let other = literal.baseAddress else { return escaped.count == literal.count }
    guard find(base, 0, escaped.count) != nil else { return escaped.matches(literal) }
    var at = 0
    var matched = 0
    while at < escaped.count {
      if base[at] != UInt8(ascii: "\\") {
        guard matched < literal.count, base[at] == other[matched] else { return false }
        at &+= 1
        matched &+= 1
        continue
      }
      let (scalar, next) = readEscape(escaped, at)
      let (utf8, length) = encodeUTF8(scalar)
      guard literal.count &- matched >= length else { return false }
      for index in 0..<length where utf8[index] != other[matched &+ index] { return false }
      matched &+= length
      at = next
    }
    return matched == literal.count
  }

  /// Appends valid UTF-8 text, escaping what JSON requires: `"`, `\` and control characters. `false` when memory ran
  /// out.
  package static func encode(_ text: Bytes, into escaped: inout ByteBuffer) -> Bool {
    guard let base = text.baseAddress else { return true }
    var at = 0
    while true {
      let stop = findSpecial(base, at, text.count)
      guard escaped.append(text.part(at, stop)) else { return false }
      if stop >= text.count { return true }
      guard appendEscape(base[stop], to: &escaped) else { return false }
      at = stop &+ 1
    }
  }

  /// Appends `escaped` in its shortest form: only what must be escaped stays an escape. A lone surrogate, which UTF-8
  /// cannot represent, stays an escape as well. Texts with the same meaning get the same form. The JSON around strings
  /// passes unchanged. `false` when memory ran out.
  static func shorten(_ escaped: Bytes, into text: inout ByteBuffer) -> Bool {
    guard let base = escaped.baseAddress else { return true }
    var at = 0
    while let backslash = find(base, at, escaped.count) {
      guard text.put(escaped.part(at, backslash)) else { return false }
      let (scalar, next) = readEscape(escaped, backslash)
      if scalar < 0x80, isSpecial(UInt8(truncatingIfNeeded: scalar)) {
        guard appendEscape(UInt8(truncatingIfNeeded: scalar), to: &text) else { return false }
      } else if isSurrogate(scalar) {
        guard text.put("\\u"), append(hexadecimal: scalar, to: &text) else { return false }
      } else {
        guard appendUTF8(scalar, to: &text) else { return false }
      }
      at = next
    }
    return text.put(escaped.part(at, escaped.count))
  }

  /// Checks that the text is valid UTF-8, and whether `encode` would change it.
  @inline(__always)
  package static func scan(_ text: Bytes) -> (flaw: Flaw?, needsEscape: Bool) {
    guard let base = text.baseAddress, !ByteWord.isPlain(base, text.count) else { return (nil, false) }
    return scanSpecial(base, text.count)
  }

  /// Does the work of `scan` for text that is not plain ASCII.
  private static func scanSpecial(_ base: UnsafePointer<UInt8>, _ count: Int) -> (flaw: Flaw?, needsEscape: Bool) {
    var needsEscape = false
    var at = 0
    while at < count {
      if count &- at >= 8 {
        let word = ByteWord.load(base, at)
        if ByteWord.nonASCII(word) == 0 {
          if ByteWord.special(word) != 0 { needsEscape = true }
          at &+= 8
          continue
        }
      }
      let length = UTF8Text.sequenceLength(base, at, count)
      if length == 0 { return (Flaw(offset: at, byte: base[at], expected: UTF8Text.expected), needsEscape) }
      if length == 1 && isSpecial(base[at]) { needsEscape = true }
      at &+= length
    }
    return (nil, needsEscape)
  }

  // MARK: Escapes

  @inline(__always)
  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// The offset of the next backslash.
  @inline(__always)
  private static func find(_ base: UnsafePointer<UInt8>, _ from: Int, _ count: Int) -> Int? {
    guard from < count, let found = memchr(base + from, Int32(UInt8(ascii: "\\")), count &- from) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// The offset of the next byte that `encode` must escape, or `count`.
  @inline(__always)
  private static func findSpecial(_ base: UnsafePointer<UInt8>, _ from: Int, _ count: Int) -> Int {
    var at = from
    while count &- at >= 8 {
      let stop = ByteWord.first(ByteWord.special(ByteWord.load(base, at)))
      at &+= stop
      if stop < 8 { return at }
    }
    while at < count && !isSpecial(base[at]) { at &+= 1 }
    return at
  }

  @inline(never)
  private static func appendEscape(_ byte: UInt8, to escaped: inout ByteBuffer) -> Bool {
    let letter: UInt8
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
    case 0x08: letter = UInt8(ascii: "b")
    case 0x09: letter = UInt8(ascii: "t")
    case 0x0A: letter = UInt8(ascii: "n")
    case 0x0C: letter = UInt8(ascii: "f")
    case 0x0D: letter = UInt8(ascii: "r")
    default: return escaped.append("\\u") && append(hexadecimal: UInt32(byte), to: &escaped)
    }
    return escaped.append(UInt8(ascii: "\\")) && escaped.append(letter)
  }

  /// Appends four hexadecimal digits.
  private static func append(hexadecimal unit: UInt32, to text: inout ByteBuffer) -> Bool {
    for shift: UInt32 in [12, 8, 4, 0] {
      let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
      guard text.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit) else { return false }
    }
    return true
  }

  private static func isSurrogate(_ scalar: UInt32) -> Bool { scalar & 0xFFFF_F800 == 0xD800 }

  /// The character that the escape at `at` represents, and the offset of its end. A lone surrogate gives its own
  /// number. Anything that is not an escape gives a question mark, which is no longer than the text.
  @inline(never)
  private static func readEscape(_ text: Bytes, _ at: Int) -> (scalar: UInt32, next: Int) {
    let letter = at &+ 1 < text.count ? text[at &+ 1] : 0
    let next = min(at &+ 2, text.count)
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (UInt32(letter), next)
    case UInt8(ascii: "b"): return (0x08, next)
    case UInt8(ascii: "t"): return (0x09, next)
    case UInt8(ascii: "n"): return (0x0A, next)
    case UInt8(ascii: "f"): return (0x0C, next)
    case UInt8(ascii: "r"): return (0x0D, next)
    default: break
    }
    guard let unit = readCodeUnit(text, at) else { return (0x3F, next) }
    guard isSurrogate(unit), unit < 0xDC00, let low = readCodeUnit(text, at &+ 6), low & 0xFC00 == 0xDC00 else {
      return (unit, at &+ 6)
    }
    return (0x10000 &+ ((unit & 0x3FF) << 10) &+ (low & 0x3FF), at &+ 12)
  }

  /// The UTF-16 code unit of the `\uXXXX` at `at`; nil if there is none.
  private static func readCodeUnit(_ text: Bytes, _ at: Int) -> UInt32? {
    guard text.count &- at >= 6, text[at] == UInt8(ascii: "\\"), text[at &+ 1] == UInt8(ascii: "u") else { return nil }
    var unit: UInt32 = 0
    for offset in 2..<6 {
      guard let digit = hexadecimalValue(text[at &+ offset]) else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  @inline(never)
  private static func appendUTF8(_ scalar: UInt32, to text: inout ByteBuffer) -> Bool {
    let (utf8, length) = encodeUTF8(scalar)
    for index in 0..<length where !text.append(utf8[index]) { return false }
    return true
  }

  /// The UTF-8 bytes of a scalar value, and how many of them count; those of U+FFFD for a surrogate.
  private static func encodeUTF8(_ scalar: UInt32) -> (InlineArray<4, UInt8>, Int) {
    let scalar = isSurrogate(scalar) ? 0xFFFD : scalar
    func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3F) }
    let high = { (shift: UInt32, mark: UInt8) in mark | UInt8(truncatingIfNeeded: scalar >> shift) }
    switch scalar {
    case 0..<0x80: return ([high(0, 0), 0, 0, 0], 1)
    case 0x80..<0x800: return ([high(6, 0xC0), continuation(0), 0, 0], 2)
    case 0x800..<0x10000: return ([high(12, 0xE0), continuation(6), continuation(0), 0], 3)
    default: return ([high(18, 0xF0), continuation(12), continuation(6), continuation(0)], 4)
    }
  }
}
