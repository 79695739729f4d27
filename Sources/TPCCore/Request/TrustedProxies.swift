// SPDX-License-Identifier: Apache-2.0

/// The proxies whose headers are believed: the option `trusted_proxies`.
struct TrustedProxies {
  private var ranges: [AddressRange] = []
  private var trustsPrivate = false

  /// What `private` means: this machine, link-local addresses, RFC 1918 and RFC 4193.
  private static let privateNetworks: InlineArray<_, StaticString> = [
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1", "fc00::/7", "fe80::/10",
  ]

  /// Reads a list separated by commas. Fails with `invalidOption` for an entry that is not an address, a network or `private`.
  init(_ list: [UInt8]) throws(Failure) {
    for entry in OptionValue.list(list) {
      let isPrivate = entry.withUnsafeBufferPointer { $0.matches("private") }
      if isPrivate {
        trustsPrivate = true
        for index in TrustedProxies.privateNetworks.indices { add(TrustedProxies.privateNetworks[index].bytes) }
      } else if !entry.withUnsafeBufferPointer({ add($0) }) {
        throw Failure(
          .invalidOption, field: "trusted_proxies",
          "found an entry that is not an address; expected addresses, networks such as 10.0.0.0/8, or private, separated by commas")
      }
    }
  }

  @discardableResult
  private mutating func add(_ text: Bytes) -> Bool {
    guard let range = AddressRange(text) else { return false }
    ranges.append(range)
    return true
  }

  /// A missing address means the other end of a Unix socket, which is on this machine.
  func contains(_ address: IPAddress?) -> Bool {
    guard let address else { return trustsPrivate }
    return ranges.contains { $0.contains(address) }
  }
}
