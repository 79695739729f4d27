// SPDX-License-Identifier: Apache-2.0

/// To whom a folder's events may be sent: a process only takes over what it would itself send to the same account, since one site's
/// visitors must never be sent with another's key.
///
/// The folder is named after a hash of the server, and of the organization and product. Where none of those is named, the credential
/// says which account it is, so it is hashed too: a new key then has a folder of its own. A named organization finds its events again
/// with a new key.
struct SpoolDestination {
  private var hash = SipHash()
  private let options: Options

  static func number(_ options: Options, server: [CChar]) -> UInt64 {
    var destination = SpoolDestination(options)
    server.withUnsafeBufferPointer { $0.withMemoryRebound(to: UInt8.self) { destination.hash.add($0) } }
    if !destination.add(.organizationId, through: .productSlug) {
      _ = destination.add(.apiKey, through: .apiKey)
      _ = destination.add(.bearerToken, through: .sessionToken)
    }
    return destination.hash.finish()
  }

  private init(_ options: Options) { self.options = options }

  /// Adds the values of neighboring options. Returns whether any is set.
  private mutating func add(_ first: Option, through last: Option) -> Bool {
    var isSet = false
    for number in first.rawValue...last.rawValue {
      guard let option = Option(rawValue: number) else { continue }
      options.text(option).withUnsafeBufferPointer { hash.add($0) }
      isSet = isSet || options.isSet(option)
    }
    return isSet
  }
}

/// SipHash-2-4 (J.-P. Aumasson and D. J. Bernstein, 2012) with a key of zeros, over texts one after the other. It cannot be turned
/// back, since 64 bits of a credential are less than it holds.
private struct SipHash {
  private var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (
    0x736F_6D65_7073_6575, 0x646F_7261_6E64_6F6D, 0x6C79_6765_6E65_7261, 0x7465_6462_7974_6573
  )

  init() {}

  /// Adds a text and its end, so that no two lists of texts are the same.
  @inline(never)
  mutating func add(_ text: Bytes) {
    var (word, count): (UInt64, UInt64) = (0, 0)
    for byte in text {
      word |= UInt64(byte) << (count % 8 * 8)
      count &+= 1
      if count % 8 == 0 {
        mix(word)
        word = 0
      }
    }
    mix(word | count << 56)
  }

  mutating func finish() -> UInt64 {
    c ^= 0xFF
    for _ in 0..<4 { round() }
    return a ^ b ^ c ^ d
  }

  private mutating func mix(_ word: UInt64) {
    d ^= word
    for _ in 0..<2 { round() }
    a ^= word
  }

  @inline(never)
  private mutating func round() {
    func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 &- bits) }
    a &+= b
    b = rotate(b, 13) ^ a
    a = rotate(a, 32)
    c &+= d
    d = rotate(d, 16) ^ c
    a &+= d
    d = rotate(d, 21) ^ a
    c &+= b
    b = rotate(b, 17) ^ c
    c = rotate(c, 32)
  }
}
