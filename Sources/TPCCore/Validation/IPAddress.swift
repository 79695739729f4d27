// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is treated as the IPv4 address.
package struct IPAddress: Equatable, BitwiseCopyable {
  /// The 16 bytes in network order, as two numbers. IPv4 addresses are stored as IPv4-mapped ones (RFC 4291, section
  /// 2.5.5.2).
  let high: UInt64
  let low: UInt64

  private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads dotted decimal without leading zeros, or the text forms of RFC 4291, section 2.2. No zone, prefix length or
  /// brackets.
  package init?(_ text: Bytes) {
    if let address = IPAddress.parseIPv4(text) {
      self.init(high: 0, low: IPAddress.mappedPrefix | UInt64(address))
    } else if let address = IPAddress.parseIPv6(text) {
      self.init(high: address.high, low: address.low)
    } else {
      return nil
    }
  }

  /// Whether the address comes before another in network order.
  func precedes(_ other: IPAddress) -> Bool { high != other.high ? high < other.high : low < other.low }

  package var isIPv4: Bool { high == 0 && low & ~0xFFFF_FFFF == IPAddress.mappedPrefix }

  /// The address's network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. An IPv6 address that
  /// contains an IPv4 address is cut as that: a 6to4 address, which has it after its first 16 bits (RFC 3056), and one
  /// of a NAT64 (64:ff9b::/96), which has it at its end (RFC 6052). Others have it further back (RFC 4380's Teredo,
  /// RFC 4214's ISATAP), where none of it is kept.
  package var truncated: IPAddress {
    if isIPv4 { return IPAddress(high: 0, low: low & ~0xFF) }
    if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return IPAddress(high: high, low: low & ~0xFF) }
    let is6to4 = high >> 48 == 0x2002
    return IPAddress(high: high & ~(is6to4 ? 0xFF_FFFF : 0xFFFF), low: 0)
  }

  // MARK: Writing

  /// Appends the address in dotted decimal, or as RFC 5952, section 4, recommends. `false` when memory ran out.
  package func format(into text: inout ByteBuffer) -> Bool { isIPv4 ? formatIPv4(into: &text) : formatIPv6(into: &text) }

  @_optimize(speed)
  private func formatIPv4(into text: inout ByteBuffer) -> Bool {
    // The longest has 15 bytes.
    guard text.reserve(16), let base = text.base.map({ $0 + text.count }) else { return false }
    var end = 0
    var parts = UInt32(truncatingIfNeeded: low)
    for _ in 0..<4 {
      let number = UInt8(truncatingIfNeeded: parts >> 24)
      parts = parts << 8
      if number >= 100 {
        base[end] = number / 100 &+ 0x30
        end &+= 1
      }
      if number >= 10 {
        base[end] = number / 10 % 10 &+ 0x30
        end &+= 1
      }
      base[end] = number % 10 &+ 0x30
      base[end &+ 1] = UInt8(ascii: ".")
      end &+= 2
    }
    text.commit(end &- 1)
    return true
  }

  @inline(never)
  private func formatIPv6(into text: inout ByteBuffer) -> Bool {
    let (start, length) = longestZeroRun
    var index = 0
    while index < 8 {
      if index == start {
        guard text.put("::") else { return false }
        index &+= length
        continue
      }
      if index > 0 && index != start &+ length && !text.append(UInt8(ascii: ":")) { return false }
      guard IPAddress.append(group(index), to: &text) else { return false }
      index &+= 1
    }
    return true
  }

  private func group(_ index: Int) -> UInt64 { (index < 4 ? high : low) >> UInt64(48 &- 16 &* (index & 3)) & 0xFFFF }

  /// The first of the longest runs of two or more zero groups; `start` is 8 (past the last group) when there is none.
  private var longestZeroRun: (start: Int, length: Int) {
    var best = (start: 8, length: 1)
    var length = 0
    for index in 0..<8 {
      length = group(index) == 0 ? length &+ 1 : 0
      if length > best.length { best = (index &- length &+ 1, length) }
    }
    return best
  }

  private static func append(_ group: UInt64, to text: inout ByteBuffer) -> Bool {
    var shift: UInt64 = group > 0xFFF ? 12 : group > 0xFF ? 8 : group > 0xF ? 4 : 0
    while true {
      let digit = UInt8(truncatingIfNeeded: group >> shift & 15)
      guard text.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit) else { return false }
      if shift == 0 { return true }
      shift &-= 4
    }
  }

  // MARK: Reading

  /// Reads `IPv4address` of RFC 3986: four numbers up to 255, without leading zeros.
  @_optimize(speed)
  static func parseIPv4(_ text: Bytes) -> UInt32? {
    var address: UInt32 = 0
    var at = 0
    for part in 0..<4 {
      if part > 0 {
        guard at < text.count, text[at] == UInt8(ascii: ".") else { return nil }
        at &+= 1
      }
      let start = at
      var value: UInt32 = 0
      while at < text.count && at &- start < 3 && text[at] &- 0x30 < 10 {
        value = value &* 10 &+ UInt32(text[at] &- 0x30)
        at &+= 1
      }
      guard at > start, value <= 255, at &- start == 1 || text[start] != UInt8(ascii: "0") else { return nil }
      address = address << 8 | value
    }
    return at == text.count ? address : nil
  }

  /// Reads `IPv6address` of RFC 3986, whose last 32 bits may be written as an IPv4 address.
  static func parseIPv6(_ text: Bytes) -> (high: UInt64, low: UInt64)? {
    var groups = InlineArray<8, UInt64>(repeating: 0)
    var filled = 0
    /// The number of groups before `::`.
    var gap: Int?
    var at = 0
    if text.part(0, 2).matches("::") {
      gap = 0
      at = 2
    }
    while at < text.count {
      if let address = filled <= 6 ? parseIPv4(text.part(at, text.count)) : nil {
        groups[filled] = UInt64(address >> 16)
        groups[filled &+ 1] = UInt64(address & 0xFFFF)
        filled &+= 2
        break
      }
      guard filled < 8, let group = readGroup(text, &at) else { return nil }
      groups[filled] = group
      filled &+= 1
      if at == text.count { break }
      guard text[at] == UInt8(ascii: ":") else { return nil }
      at &+= 1
      if at < text.count && text[at] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = filled
        at &+= 1
      } else if at == text.count {
        return nil
      }
    }
    return assemble(groups, filled, gap)
  }

  /// Reads `h16`: one to four hexadecimal digits.
  private static func readGroup(_ text: Bytes, _ at: inout Int) -> UInt64? {
    let start = at
    var group: UInt64 = 0
    while at < text.count && at &- start < 4, let digit = hexadecimalValue(text[at]) {
      group = group << 4 | UInt64(digit)
      at &+= 1
    }
    return at > start ? group : nil
  }

  private static func assemble(_ groups: InlineArray<8, UInt64>, _ filled: Int, _ gap: Int?) -> (high: UInt64, low: UInt64)? {
    // `::` replaces at least one group.
    guard gap == nil ? filled == 8 : filled < 8 else { return nil }
    let missing = 8 &- filled
    let split = gap ?? 8
    var words: (high: UInt64, low: UInt64) = (0, 0)
    for index in 0..<8 {
      let group = index < split ? groups[index] : index < split &+ missing ? 0 : groups[index &- missing]
      words = (words.high << 16 | words.low >> 48, words.low << 16 | group)
    }
    return words
  }
}
