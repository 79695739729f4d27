// SPDX-License-Identifier: Apache-2.0

/// The names of parameters whose values are secrets: the option `redact_query`. They are compared without regard to
/// case and with percent-encoding resolved, as a server would read them. A name that frameworks treat as a list or a
/// table is compared part by part: `token[]`, `user[password]`.
struct SecretNames {
  /// In lower case; none is longer than `maximumNameBytes`.
  private let names: [[UInt8]]
  private let longest: Int
  /// The lengths of the names, as a bit set; all bits if a name is too long for that.
  private let lengths: UInt64
  /// The lowest five bits of the names' first and last bytes, as bit sets.
  private let firsts: UInt32
  private let lasts: UInt32
  /// Hashes of the names' lengths and first, middle and last bytes, as a bit set.
  private let hashes: UInt64

  /// Room for one name.
  private typealias Decoded = InlineArray<64, UInt8>

  static let maximumNameBytes = Decoded.count

  /// Reads a comma-separated list. Fails with `invalidOption` if a name is too long.
  init(_ list: [UInt8]) throws(Failure) {
    names = OptionValue.list(list).map { name in name.map { $0.lowercased } }
    for name in names where name.count > SecretNames.maximumNameBytes {
      throw Failure(.invalidOption, field: "redact_query", "found a longer name; expected names of at most 64 bytes")
    }
    longest = names.reduce(0) { max($0, $1.count) }
    lengths = names.reduce(0) { $1.count < 64 ? $0 | 1 << UInt64($1.count) : UInt64.max }
    firsts = names.reduce(0) { $0 | SecretNames.bit($1.first ?? 0) }
    lasts = names.reduce(0) { $0 | SecretNames.bit($1.last ?? 0) }
    hashes = names.reduce(0) { $0 | $1.withUnsafeBufferPointer { SecretNames.hash($0) } }
  }

  @_optimize(speed)
  func match(_ name: Bytes) -> Bool {
    guard name.count > 0 else { return false }
    if name.holds(UInt8(ascii: "%")) || name.holds(UInt8(ascii: "[")) {
      if matchWhole(name) || matchPart(name) { return true }
      let start = SecretNames.separatorEnd(name)
      return start > 0 && matchWhole(name.tail(start))
    }
    // These tests rule out most names.
    guard name.count > 63 || lengths >> UInt64(name.count) & 1 == 1, firsts & SecretNames.bit(name[0]) != 0,
      lasts & SecretNames.bit(name[name.count &- 1]) != 0,
      hashes & SecretNames.hash(name) != 0
    else { return false }
    return matchWhole(name)
  }

  /// The byte's bit, which is the same for both cases of a letter.
  @inline(__always)
  private static func bit(_ byte: UInt8) -> UInt32 { 1 &<< UInt32(byte & 31) }

  @inline(__always)
  private static func hash(_ name: Bytes) -> UInt64 {
    name.isEmpty ? 0 : 1 &<< UInt64((NameHash.packed(name) &* 0x85EB_CA6B) &>> 26)
  }

  /// Whether these are the two digits of an encoded '!', '#', '&', '/', ';' or '?'.
  static func isSeparator(_ digits: Bytes) -> Bool {
    guard digits.count == 2, let low = hexadecimalValue(digits[1]) else { return false }
    switch digits[0] {
    case UInt8(ascii: "2"): return low == 0x1 || low == 0x3 || low == 0x6 || low == 0xF
    case UInt8(ascii: "3"): return low == 0xB || low == 0xF
    default: return false
    }
  }

  /// The end of the last percent-encoded separator, as in `/reset%3Ftoken`, after which the name proper begins; 0 if
  /// there is none.
  @inline(never)
  private static func separatorEnd(_ name: Bytes) -> Int {
    var (end, at) = (0, 0)
    while let escape = name.tail(at).firstOffset(of: UInt8(ascii: "%")) {
      at &+= escape &+ 1
      if isSeparator(name.part(at, at &+ 2)) { end = at &+ 2 }
    }
    return end
  }

  /// Whether a part of the name matches. `a[b][c]` has the parts a, b and c; the brackets may be percent-encoded.
  private func matchPart(_ name: Bytes) -> Bool {
    var (start, at) = (0, 0)
    while at < name.count {
      let length = SecretNames.bracketLength(name, at)
      if length > 0 {
        if matchWhole(name.part(start, at)) { return true }
        start = at &+ length
      }
      at &+= max(1, length)
    }
    return start > 0 && matchWhole(name.part(start, at))
  }

  /// The length of the bracket at `at`; 0 if there is none.
  private static func bracketLength(_ name: Bytes, _ at: Int) -> Int {
    if name[at] == UInt8(ascii: "[") || name[at] == UInt8(ascii: "]") { return 1 }
    let escape = name.part(at, at &+ 3)
    return escape.matchesIgnoringCase("%5b") || escape.matchesIgnoringCase("%5d") ? 3 : 0
  }

  private func matchWhole(_ name: Bytes) -> Bool {
    guard name.count > 0, name.count <= longest * 3 else { return false }
    var decoded = Decoded(repeating: 0)
    var length = 0
    var position = 0
    while position < name.count {
      guard length < decoded.count else { return false }
      var byte = name[position]
      if byte == 0x25, position + 2 < name.count, let high = hexadecimalValue(name[position + 1]),
        let low = hexadecimalValue(name[position + 2])
      {
        byte = high << 4 | low
        position += 2
      }
      decoded[length] = byte.lowercased
      length += 1
      position += 1
    }
    for wanted in names where wanted.count == length {
      var same = true
      for index in 0..<length where decoded[index] != wanted[index] {
        same = false
        break
      }
      if same { return true }
    }
    return false
  }
}
