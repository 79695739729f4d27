// SPDX-License-Identifier: Apache-2.0

/// Where a request came from and what it was sent to, seen through the proxies in front of this server.
///
/// Proxies report both in headers that anybody can send. So the headers count only when the connection comes from a trusted proxy,
/// and of the addresses in them only those that trusted proxies added: from the last to the first that is not a trusted proxy's,
/// which is the client's. `Forwarded` (RFC 7239) and the `X-Forwarded-…` headers may come together, and a proxy that knows one
/// passes the other on as the client made it up: then only what both say counts.
///
/// Two others may know the address better: the server, whose own settings name its proxies, and the one header that
/// `client_ip_header` names, which a trusted proxy sets.
struct RequestOrigin {
  /// The client's address; nil when no trusted party supplied it.
  private(set) var address: IPAddress?
  private(set) var scheme: Bytes
  private(set) var host: Bytes?

  @_optimize(speed)
  init(_ request: borrowing WebRequest, _ proxies: TrustedProxies, clientHeader: WebRequest.Part?) {
    scheme = request.part(.scheme) ?? Bytes("http")
    host = request.part(.host)
    let remote = request.part(.remoteAddress) ?? Bytes("")
    let peer = RequestOrigin.address(ofPeer: remote)
    address = peer
    // A Unix socket has no address; nginx calls it `unix:`. A peer that nobody names is a stranger.
    let isTrusted = (peer != nil || remote.part(0, 5).matches("unix:")) && proxies.contains(peer)
    if isTrusted { readForwarded(request, proxies) }
    // The connection's own address, or that of a proxy, says nothing new.
    if let text = request.part(.clientAddress), let found = RequestOrigin.address(ofPeer: text), found != peer,
      !proxies.contains(found)
    {
      address = found
    }
    if isTrusted, let clientHeader, let text = RequestOrigin.value(request, clientHeader) { address = IPAddress(text) }
  }

  /// Reads what a trusted proxy says about the client, the scheme and the host.
  @_optimize(speed)
  private mutating func readForwarded(_ request: borrowing WebRequest, _ proxies: TrustedProxies) {
    let standard = RequestOrigin.value(request, .forwarded).map { ForwardedHeader.standard($0, proxies) }
    let customary = RequestOrigin.customary(request, proxies)
    guard let forwarded = standard == nil ? customary : RequestOrigin.agreed(standard, customary) else { return }
    if forwarded.hasAddress { address = forwarded.address }
    if let scheme = forwarded.scheme, scheme.matchesIgnoringCase("https") || scheme.matchesIgnoringCase("http") { self.scheme = scheme }
    // Text that is not a host may be a client's, which the proxy passed on.
    if let host = forwarded.host, URI.checkHostHeader(host) == nil { self.host = host }
  }

  /// A header's value. A header without text counts as absent: proxies empty what they do not want to pass on.
  @inline(never)
  private static func value(_ request: borrowing WebRequest, _ part: WebRequest.Part) -> Bytes? {
    guard let text = request.part(part) else { return nil }
    for byte in text where byte > 0x22 && byte != UInt8(ascii: ",") { return text }
    return nil
  }

  @_optimize(speed)
  private static func customary(_ request: borrowing WebRequest, _ proxies: TrustedProxies) -> ForwardedHeader? {
    let parts = (value(request, .forwardedFor), value(request, .forwardedProto), value(request, .forwardedHost))
    if parts.0 == nil, parts.1 == nil, parts.2 == nil { return nil }
    return ForwardedHeader.customary(addresses: parts.0, schemes: parts.1, hosts: parts.2, proxies)
  }

  /// What both headers say, or what the only one says.
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

  /// Reads the peer's address. A link-local address may come with its zone, which means nothing on another machine.
  private static func address(ofPeer text: Bytes) -> IPAddress? {
    IPAddress(text.part(0, text.firstIndex(of: UInt8(ascii: "%")) ?? text.count))
  }
}
