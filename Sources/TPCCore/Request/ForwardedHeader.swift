// SPDX-License-Identifier: Apache-2.0

/// What trusted proxies say about a request, in `Forwarded` (RFC 7239) or in the customary `X-Forwarded-For`, `-Proto` and
/// `-Host`.
struct ForwardedHeader {
  /// The client's address; nil when the proxy that spoke with the client hides the address or does not know it.
  var address: IPAddress?
  /// Whether the headers mention any address.
  var hasAddress = false
  var scheme: Bytes?
  var host: Bytes?

  /// The most trusted proxies that are followed. No request passes through as many; a longer list is not read to its end.
  private static let longestChain = 32

  /// From the value of `Forwarded`: `for=192.0.2.60;proto=https;host=example.com, for="[2001:db8::1]:4711"`.
  static func standard(_ value: Bytes, _ proxies: TrustedProxies) -> ForwardedHeader {
    var said = ForwardedHeader()
    var elements = ListFromEnd(value)
    var hops = 0
    while let element = elements.next() {
      var parameters = ListFromEnd(element, separator: UInt8(ascii: ";"))
      var address: IPAddress?
      // An element without `for` names no client. The peer is not the client either: it wrote the element, or passed it on.
      said.hasAddress = true
      while let parameter = parameters.next() {
        let (name, text) = pair(parameter)
        if name.matchesIgnoringCase("for") {
          address = node(text)
        } else if name.matchesIgnoringCase("proto") {
          said.scheme = text
        } else if name.matchesIgnoringCase("host") {
          said.host = text
        }
      }
      said.address = address
      hops &+= 1
      // The host at this address wrote the next element, which counts only if the host is a trusted proxy.
      guard let address, proxies.contains(address), hops < ForwardedHeader.longestChain else { break }
    }
    return said
  }

  /// From the values of `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`. A proxy appends to the first; it appends to
  /// the others or replaces them, so they may be shorter.
  @_optimize(speed)
  static func customary(addresses: Bytes?, schemes: Bytes?, hosts: Bytes?, _ proxies: TrustedProxies) -> ForwardedHeader {
    var said = ForwardedHeader()
    var (schemes, hosts) = (ListFromEnd(schemes ?? Bytes("")), ListFromEnd(hosts ?? Bytes("")))
    said.scheme = schemes.next()
    said.host = hosts.next()
    var elements = ListFromEnd(addresses ?? Bytes(""))
    var hops = 0
    while let element = elements.next() {
      said.hasAddress = true
      said.address = node(element)
      hops &+= 1
      guard let address = said.address, proxies.contains(address), !elements.isAtEnd, hops < longestChain else { break }
      said.scheme = schemes.next() ?? said.scheme
      said.host = hosts.next() ?? said.host
    }
    return said
  }

  /// Splits `name=value` or `name="value"`. A backslash escape in the value stays as it is: no address, scheme or host has one.
  private static func pair(_ parameter: Bytes) -> (name: Bytes, value: Bytes) {
    let equals = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.count
    var value = parameter.part(equals &+ 1, parameter.count)
    if value.count >= 2, value[0] == UInt8(ascii: "\""), value[value.count &- 1] == UInt8(ascii: "\"") {
      value = value.part(1, value.count &- 1)
    }
    return (parameter.part(0, equals), value)
  }

  /// Reads an address as RFC 7239, section 6, writes it: an IPv6 address in brackets, with or without a port. Nil for `unknown` and
  /// for hidden addresses.
  private static func node(_ text: Bytes) -> IPAddress? {
    if text.count > 0, text[0] == UInt8(ascii: "[") {
      return IPAddress(text.part(1, text.firstIndex(of: UInt8(ascii: "]")) ?? 0))
    }
    if let address = IPAddress(text) { return address }
    // This cannot be the port of a bare IPv6 address: that was read above.
    return text.firstIndex(of: UInt8(ascii: ":")).flatMap { IPAddress(text.part(0, $0)) }
  }
}

/// Iterates over the elements of a header's list from the last to the first, since each proxy appends its own. Spaces around an
/// element are left out; a separator within quotes does not count.
struct ListFromEnd {
  private let text: Bytes
  private let separator: UInt8
  private var end: Int

  init(_ text: Bytes, separator: UInt8 = UInt8(ascii: ",")) {
    self.text = text
    self.separator = separator
    end = text.count
  }

  var isAtEnd: Bool { end < 0 }

  @inline(never)
  @_optimize(speed)
  mutating func next() -> Bytes? {
    guard let base = text.baseAddress else { return nil }
    // Most lists have one element.
    if end == text.count, !text.holds(separator) {
      end = -1
      let element = ListFromEnd.trimmed(text)
      return element.isEmpty ? nil : element
    }
    while end >= 0 {
      var start = end
      var isQuoted = false
      while start > 0, isQuoted || base[start &- 1] != separator {
        start &-= 1
        if base[start] == UInt8(ascii: "\""), !isEscaped(start) { isQuoted.toggle() }
      }
      let element = ListFromEnd.trimmed(text.part(start, end))
      end = start &- 1
      if !element.isEmpty { return element }
    }
    return nil
  }

  /// A quote after an odd number of backslashes belongs to the text.
  private func isEscaped(_ quote: Int) -> Bool {
    var at = quote
    while at > 0, text[at &- 1] == UInt8(ascii: "\\") { at &-= 1 }
    return (quote &- at) & 1 == 1
  }

  private static func trimmed(_ text: Bytes) -> Bytes {
    var (start, end) = (0, text.count)
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start &+= 1 }
    while end > start, text[end &- 1] == 0x20 || text[end &- 1] == 0x09 { end &-= 1 }
    return text.part(start, end)
  }
}
