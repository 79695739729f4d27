// SPDX-License-Identifier: Apache-2.0

/// Where a request came from and what it was sent to, seen through the proxies in front of this server.
///
/// What proxies say stands in headers that anybody can send. So they count only when the connection comes from a trusted proxy,
/// and of the addresses that they list only those that trusted proxies added: from the end to the first one that is no trusted
/// proxy's, which is the client's. `Forwarded` (RFC 7239) and the `X-Forwarded-…` headers may come together, and a proxy that
/// knows one lets the other through as the client made it up: then only what both say counts.
struct RequestOrigin {
  /// The client's; nil when nobody told it who is to be trusted.
  private(set) var address: IPAddress?
  private(set) var scheme: Bytes
  private(set) var host: Bytes?

  init(_ request: borrowing WebRequest, _ proxies: TrustedProxies) {
    scheme = request.part(.scheme) ?? Bytes("http")
    host = request.part(.host)
    let remote = request.part(.remoteAddress) ?? Bytes("")
    let peer = RequestOrigin.address(ofPeer: remote)
    address = peer
    // A Unix socket has no address, or nginx's word for one. What else cannot be read is a stranger's.
    guard peer != nil || remote.isEmpty || remote.matches("unix:"), proxies.contains(peer) else { return }
    let standard = request.part(.forwarded).map { ForwardedHeader.standard($0, proxies) }
    let customary = RequestOrigin.customary(request, proxies)
    guard let told = RequestOrigin.agreed(standard, customary) else { return }
    address = told.hasAddress ? told.address : peer
    if let scheme = told.scheme, scheme.matchesIgnoringCase("https") || scheme.matchesIgnoringCase("http") { self.scheme = scheme }
    // What is no host may be a client's, which the proxy let through.
    if let host = told.host, URI.checkHostHeader(host) == nil { self.host = host }
  }

  private static func customary(_ request: borrowing WebRequest, _ proxies: TrustedProxies) -> ForwardedHeader? {
    let parts = (request.part(.forwardedFor), request.part(.forwardedProto), request.part(.forwardedHost))
    if parts.0 == nil, parts.1 == nil, parts.2 == nil { return nil }
    return ForwardedHeader.customary(addresses: parts.0, schemes: parts.1, hosts: parts.2, proxies)
  }

  /// What both say, or the only one.
  private static func agreed(_ standard: ForwardedHeader?, _ customary: ForwardedHeader?) -> ForwardedHeader? {
    guard let standard, let customary else { return standard ?? customary }
    var both = standard
    if standard.address != customary.address { both.address = nil }
    both.hasAddress = standard.hasAddress || customary.hasAddress
    if !same(standard.scheme, customary.scheme) { both.scheme = nil }
    if !same(standard.host, customary.host) { both.host = nil }
    return both
  }

  private static func same(_ left: Bytes?, _ right: Bytes?) -> Bool {
    guard let left, let right else { return false }
    return left.matchesIgnoringCase(right)
  }

  /// A link-local address may come with its zone, which means nothing elsewhere.
  private static func address(ofPeer text: Bytes) -> IPAddress? {
    IPAddress(text.part(0, text.firstIndex(of: UInt8(ascii: "%")) ?? text.count))
  }
}
