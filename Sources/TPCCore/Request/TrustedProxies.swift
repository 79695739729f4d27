// SPDX-License-Identifier: Apache-2.0

/// The proxies whose headers are believed: the option `trusted_proxies`.
struct TrustedProxies {
  /// Of each network, the first address, and the bits that all its addresses share with it.
  private struct Network: BitwiseCopyable {
    let first: IPAddress
    let mask: IPAddress
  }

  private var networks: [Network] = []
  private var trustsPrivate = false

  /// Reads a list separated by commas. Fails with `invalidOption` for an entry that is not an address, a network or `private`.
  init(_ list: [UInt8]) throws(Failure) {
    for entry in OptionValue.list(list) {
      let isPrivate = entry.withUnsafeBufferPointer { $0.matches("private") }
      if isPrivate {
        trustsPrivate = true
        for index in AddressRange.privateNetworks.indices { add(AddressRange.privateNetworks[index].bytes) }
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
    networks.append(Network(first: range.first, mask: AddressRange.cut(IPAddress(high: .max, low: .max), range.length)))
    return true
  }

  /// A missing address means the other end of a Unix socket, which is on this machine.
  @_optimize(speed)
  func contains(_ address: IPAddress?) -> Bool {
    guard let address else { return trustsPrivate }
    for network in networks
    where (address.high ^ network.first.high) & network.mask.high | (address.low ^ network.first.low) & network.mask.low == 0 {
      return true
    }
    return false
  }
}
