// SPDX-License-Identifier: Apache-2.0

/// What the trusted proxies say of a request, in `Forwarded` (RFC 7239) or in the customary `X-Forwarded-For`, `-Proto` and
/// `-Host`.
struct ForwardedHeader {
  /// The client's; nil when the proxy that spoke with it hides or does not know it.
  var address: IPAddress?
  /// Whether the headers speak of addresses at all.
  var hasAddress = false
  var scheme: Bytes?
  var host: Bytes?

  /// No request passes through so many trusted proxies: a list of more of their addresses is not read to its end.
  private static let longestChain = 32

  /// From the value of `Forwarded`: `for=192.0.2.60;proto=https;host=example.com, for="[2001:db8::1]:4711"`.
  static func standard(_ value: Bytes, _ proxies: TrustedProxies) -> ForwardedHeader {
    var told = ForwardedHeader()
    var elements = ListFromEnd(value)
    var hops = 0
    while let element = elements.next() {
      var parameters = ListFromEnd(element, separator: UInt8(ascii: ";"))
      var address: IPAddress?
      // An element without `for` is a proxy's that tells of no client: the peer, which wrote it or passed it on, is not it.
      told.hasAddress = true
      while let parameter = parameters.next() {
        let (name, text) = pair(parameter)
        if name.matchesIgnoringCase("for") {
          address = node(text)
        } else if name.matchesIgnoringCase("proto") {
          told.scheme = text
        } else if name.matchesIgnoringCase("host") {
          told.host = text
        }
      }
      told.address = address
      hops &+= 1
      // The next element is the word of this one's address: of nobody, unless that is a trusted proxy's.
      guard let address, proxies.contains(address), hops < ForwardedHeader.longestChain else { break }
    }
    return told
  }

  /// From the values of `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`. A proxy adds to the first; the others it
  /// adds to or replaces, so they may be shorter.
  static func customary(addresses: Bytes?, schemes: Bytes?, hosts: Bytes?, _ proxies: TrustedProxies) -> ForwardedHeader {
    var told = ForwardedHeader()
    var (schemes, hosts) = (ListFromEnd(schemes ?? Bytes("")), ListFromEnd(hosts ?? Bytes("")))
    told.scheme = schemes.next()
    told.host = hosts.next()
    var elements = ListFromEnd(addresses ?? Bytes(""))
    var hops = 0
    while let element = elements.next() {
      told.hasAddress = true
      told.address = node(element)
      hops &+= 1
      guard let address = told.address, proxies.contains(address), !elements.isAtEnd, hops < longestChain else { break }
      told.scheme = schemes.next() ?? told.scheme
      told.host = hosts.next() ?? told.host
    }
    return told
  }

  /// `name=value` or `name="value"`. A quoted pair in the value stays as it is: no address, scheme or host has one.
  private static func pair(_ parameter: Bytes) -> (name: Bytes, value: Bytes) {
    let equals = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.count
    var value = parameter.part(equals &+ 1, parameter.count)
    if value.count >= 2, value[0] == UInt8(ascii: "\""), value[value.count &- 1] == UInt8(ascii: "\"") {
      value = value.part(1, value.count &- 1)
    }
    return (parameter.part(0, equals), value)
  }

  /// RFC 7239, section 6: an address, an IPv6 one in brackets, with a port or without; nil for `unknown` and hidden ones.
  private static func node(_ text: Bytes) -> IPAddress? {
    if text.count > 0, text[0] == UInt8(ascii: "[") {
      return IPAddress(text.part(1, text.firstIndex(of: UInt8(ascii: "]")) ?? 0))
    }
    if let address = IPAddress(text) { return address }
    // Not of an IPv6 address, which has more colons and was one just now.
    return text.firstIndex(of: UInt8(ascii: ":")).flatMap { IPAddress(text.part(0, $0)) }
  }
}

/// The elements of a header's list from its end on, without the spaces around them: proxies add theirs behind the others'.
/// What stands between quotes does not separate.
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
  mutating func next() -> Bytes? {
    while end >= 0 {
      var start = end
      var isQuoted = false
      while start > 0, isQuoted || text[start &- 1] != separator {
        start &-= 1
        if text[start] == UInt8(ascii: "\""), !isEscaped(start) { isQuoted.toggle() }
      }
      let element = ListFromEnd.trimmed(text.part(start, end))
      end = start &- 1
      if !element.isEmpty { return element }
    }
    return nil
  }

  /// A quote behind an odd number of backslashes is one of the text.
  private func isEscaped(_ place: Int) -> Bool {
    var at = place
    while at > 0, text[at &- 1] == UInt8(ascii: "\\") { at &-= 1 }
    return (place &- at) & 1 == 1
  }

  private static func trimmed(_ text: Bytes) -> Bytes {
    var (start, end) = (0, text.count)
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start &+= 1 }
    while end > start, text[end &- 1] == 0x20 || text[end &- 1] == 0x09 { end &-= 1 }
    return text.part(start, end)
  }
}
