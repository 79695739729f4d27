// SPDX-License-Identifier: Apache-2.0

/// The names of parameters whose values are secrets: the option `redact_query`. They are compared without regard to
/// case, and without `-`, `_`, `.` and blanks, so that `access_token` is also `accessToken` and `Access-Token`. A name that
/// frameworks treat as a list or a table is compared part by part: `token[]`, `user[password]`, `user.password`.
struct SecretNames {
  /// As they are compared; none is longer than `maximumNameBytes`.
  private let names: [[UInt8]]
  /// The lengths of the names, as a bit set; all bits if a name is too long for that.
  private let lengths: UInt64
  /// The lowest five bits of the names' first and last bytes, as bit sets, with those of bytes that are not compared.
  private let firsts: UInt32
  private let lasts: UInt32

  /// Room for one name.
  private typealias Plain = InlineArray<64, UInt8>

  static let maximumNameBytes = Plain.count

  /// Reads a comma-separated list. Fails with `invalidOption` if a name is too long.
  init(_ list: [UInt8]) throws(Failure) {
    var names: [[UInt8]] = []
    var lengths: UInt64 = 0
    var firsts: UInt32 = 0
    for byte in Bytes(" +-._") { firsts |= SecretNames.bit(byte) }
    var lasts = firsts
    for name in OptionValue.list(list) {
      if name.count > SecretNames.maximumNameBytes {
        throw Failure(.invalidOption, field: "redact_query", "found a longer name; expected names of at most 64 bytes")
      }
      var plain: [UInt8] = []
      for byte in name where !SecretNames.isIgnored(byte) { plain.append(byte.lowercased) }
      lengths |= plain.count < 64 ? 1 << UInt64(plain.count) : UInt64.max
      firsts |= SecretNames.bit(plain.first ?? 0)
      lasts |= SecretNames.bit(plain.last ?? 0)
      names.append(plain)
    }
    self.names = names
    self.lengths = lengths
    self.firsts = firsts
    self.lasts = lasts
  }

  /// Whether a name, without percent-encoding, is one of them. More may come before it: a route (`!/a/token`), other
  /// text with a separator.
  @_optimize(speed)
  func match(_ name: Bytes) -> Bool {
    guard let base = name.baseAddress else { return false }
    var end = name.count
    var at = end
    while true {
      at &-= 1
      let border = at < 0 ? .start : SecretNames.border(base[at])
      if border == .none { continue }
      if matchPart(name.part(at &+ 1, end)) { return true }
      if border == .start { break }
      end = at
    }
    // Also what is not split: `api.key`, or a name of the list with such a byte.
    return end < name.count && matchPart(name.tail(at &+ 1)) || at >= 0 && matchPart(name)
  }

  private enum Border {
    case none
    /// Between two parts of a name.
    case part
    /// Before the name.
    case start
  }

  @inline(__always)
  private static func border(_ byte: UInt8) -> Border {
    if byte >= 0x40 { return byte &- 0x5B < 3 ? .part : .none }
    if partBorders >> UInt64(byte) & 1 == 1 { return .part }
    return startBorders >> UInt64(byte) & 1 == 1 ? .start : .none
  }

  /// '.' and '"'; besides these, brackets and the backslash that JSON within JSON has before its quotes.
  private static let partBorders: UInt64 = 1 << 0x2E | 1 << 0x22
  /// '!', '#', '&', ',', '/', ':', ';' and '?'.
  private static let startBorders: UInt64 =
    1 << 0x21 | 1 << 0x23 | 1 << 0x26 | 1 << 0x2C | 1 << 0x2F | 1 << 0x3A | 1 << 0x3B | 1 << 0x3F

  /// The byte's bit, which is the same for both cases of a letter.
  @inline(__always)
  private static func bit(_ byte: UInt8) -> UInt32 { 1 &<< UInt32(byte & 31) }

  /// Space, '+', '-', '.' and '_'.
  @inline(__always)
  private static func isIgnored(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }

  @inline(never)
  @_optimize(speed)
  private func matchPart(_ name: Bytes) -> Bool {
    // These tests rule out most names.
    guard name.count > 0, firsts & SecretNames.bit(name[0]) != 0, lasts & SecretNames.bit(name[name.count &- 1]) != 0 else {
      return false
    }
    var plain = Plain(repeating: 0)
    var length = 0
    for byte in name where !SecretNames.isIgnored(byte) {
      guard length < plain.count else { return false }
      plain[length] = byte.lowercased
      length &+= 1
    }
    guard length > 63 || lengths >> UInt64(length) & 1 == 1 else { return false }
    for wanted in names where wanted.count == length {
      var same = true
      for index in 0..<length where plain[index] != wanted[index] {
        same = false
        break
      }
      if same { return true }
    }
    return false
  }
}
