// SPDX-License-Identifier: Apache-2.0

/// A range of addresses that share their first bits (RFC 4632, section 3.1; RFC 4291, section 2.3).
struct AddressRange: BitwiseCopyable {
  /// The first address of the range.
  let first: IPAddress
  /// The prefix length, counted in the 128 bits in which `IPAddress` holds any address.
  let length: Int

  /// Reads an address, or a network such as `10.0.0.0/8` or `2001:db8::/32`. Bits after the prefix do not matter. Nil
  /// for any other text.
  init?(_ text: Bytes) {
    let slash = text.firstIndex(of: UInt8(ascii: "/")) ?? text.count
    guard let address = IPAddress(text.part(0, slash)) else { return nil }
    let bits = address.isIPv4 && !text.part(0, slash).holds(UInt8(ascii: ":")) ? 32 : 128
    var prefix = bits
    if slash < text.count {
      guard let number = Decimal.value(text.tail(slash &+ 1)), number <= Int64(bits) else { return nil }
      prefix = Int(number)
    }
    length = 128 &- bits &+ prefix
    first = AddressRange.cut(address, length)
  }

  func contains(_ address: IPAddress) -> Bool { AddressRange.cut(address, length) == first }

  /// The address with all bits after its first `length` zero.
  static func cut(_ address: IPAddress, _ length: Int) -> IPAddress {
    let high = UInt64.max << UInt64(max(0, 64 - length))
    let low = UInt64.max << UInt64(max(0, min(64, 128 - length)))
    return IPAddress(high: address.high & (length > 0 ? high : 0), low: address.low & (length > 64 ? low : 0))
  }

  // MARK: Private networks

  /// This machine, link-local addresses, RFC 1918 and RFC 4193.
  static let privateNetworks: InlineArray<_, StaticString> = [
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1", "fc00::/7", "fe80::/10",
  ]

  /// Whether the address is in one of them.
  @inline(never)
  static func isPrivate(_ address: IPAddress) -> Bool {
    for index in privateNetworks.indices where AddressRange(privateNetworks[index].bytes)?.contains(address) ?? false { return true }
    return false
  }
}
