// SPDX-License-Identifier: Apache-2.0

/// The names of parameters whose values are secrets: the option `redact_query`. They are compared without regard to
/// case, and without `-`, `_`, `.` and blanks, so that `access_token` is also `accessToken` and `Access-Token`. A name that
/// frameworks treat as a list or a table is compared part by part: `token[]`, `user[password]`, `user.password`.
struct SecretNames {
  /// As they are compared; none is longer than `maximumNameBytes`.
  private let names: [[UInt8]]
  /// By length, up to `longestFiltered`, the first and the last bytes that names of it have: bit sets of the bytes' lowest five bits.
  /// They rule out nearly every name of a parameter.
  private let firsts: [UInt32]
  private let lasts: [UInt32]

  private static let longestFiltered = 31

  /// Room for one name.
  private typealias Plain = InlineArray<64, UInt8>

  static let maximumNameBytes = Plain.count

  /// Reads a comma-separated list. Fails with `invalidOption` if a name is too long.
  init(_ list: [UInt8]) throws(Failure) {
    var names: [[UInt8]] = []
    var firsts = [UInt32](repeating: 0, count: SecretNames.longestFiltered + 1)
    var lasts = firsts
    for name in OptionValue.list(list) {
      if name.count > SecretNames.maximumNameBytes {
        throw Failure(.invalidOption, field: "redact_query", "found a longer name; expected names of at most 64 bytes")
      }
      var plain: [UInt8] = []
      for byte in name where !SecretNames.isIgnored(byte) { plain.append(byte.lowercased) }
      let length = min(plain.count, SecretNames.longestFiltered)
      firsts[length] |= SecretNames.bit(plain.first ?? 0)
      lasts[length] |= SecretNames.bit(plain.last ?? 0)
      names.append(plain)
    }
    self.names = names
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
    byte < 0x40 ? ignored &>> UInt64(byte) & 1 == 1 : byte == 0x5F
  }

  private static let ignored: UInt64 = 1 << 0x20 | 1 << 0x2B | 1 << 0x2D | 1 << 0x2E

  @inline(__always)
  private func mayMatch(_ name: Bytes) -> Bool {
    var (first, last, length): (UInt8, UInt8, Int) = (0, 0, 0)
    for byte in name where !SecretNames.isIgnored(byte) {
      if length == 0 { first = byte }
      last = byte
      length &+= 1
    }
    length = min(length, SecretNames.longestFiltered)
    return firsts[length] & SecretNames.bit(first) != 0 && lasts[length] & SecretNames.bit(last) != 0
  }

  @inline(never)
  @_optimize(speed)
  private func matchPart(_ name: Bytes) -> Bool {
    guard mayMatch(name) else { return false }
    var plain = Plain(repeating: 0)
    var length = 0
    for byte in name where !SecretNames.isIgnored(byte) {
      guard length < plain.count else { return false }
      plain[length] = byte.lowercased
      length &+= 1
    }
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
