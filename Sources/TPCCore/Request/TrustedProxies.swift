// SPDX-License-Identifier: Apache-2.0

/// The proxies whose headers are believed: the option `trusted_proxies`.
struct TrustedProxies {
  private var ranges: [AddressRange] = []
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
    ranges.append(range)
    return true
  }

  /// A missing address means the other end of a Unix socket, which is on this machine.
  func contains(_ address: IPAddress?) -> Bool {
    guard let address else { return trustsPrivate }
    return ranges.contains { $0.contains(address) }
  }
}
