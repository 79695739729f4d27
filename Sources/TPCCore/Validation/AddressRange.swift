// SPDX-License-Identifier: Apache-2.0

/// A range of addresses that share their first bits (RFC 4632, section 3.1; RFC 4291, section 2.3).
struct AddressRange {
  private let first: IPAddress
  /// The prefix length, counted in the 128 bits in which `IPAddress` holds any address.
  private let length: Int

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
    first = address
    length = 128 &- bits &+ prefix
  }

  func contains(_ address: IPAddress) -> Bool {
    let high = UInt64.max << UInt64(max(0, 64 - length))
    let low = UInt64.max << UInt64(max(0, min(64, 128 - length)))
    return (address.high ^ first.high) & (length > 0 ? high : 0) == 0
      && (address.low ^ first.low) & (length > 64 ? low : 0) == 0
  }
}
