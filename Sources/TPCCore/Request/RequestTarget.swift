// SPDX-License-Identifier: Apache-2.0

/// The target that a request names (RFC 9112, section 3.2): a path with its query or, in a request to a proxy, a whole URL.
struct RequestTarget {
  /// The URL's host and port, which then count instead of the Host header's (RFC 9112, section 3.2.2).
  private let authority: Bytes?
  private let pathAndQuery: Bytes
  /// Without query and fragment.
  let path: Bytes

  /// Points into the request, and is valid as long as that is.
  init(_ request: borrowing WebRequest) throws(Failure) {
    var target = request.part(.target) ?? Bytes("")
    var authority: Bytes?
    if target.first != UInt8(ascii: "/") {
      let parts = URI.Parts(target)
      guard !parts.scheme.isEmpty, let host = parts.host, !host.isEmpty else {
        throw Failure(.invalidArgument, field: "/target", "found neither a path nor a URL; expected a path such as /pricing?plan=pro")
      }
      authority = target.part(host.lowerBound, parts.path.lowerBound)
      target = target.tail(parts.path.lowerBound)
    }
    self.authority = authority
    pathAndQuery = target
    path = RequestTarget.path(target)
  }

  @_optimize(speed)
  private static func path(_ target: Bytes) -> Bytes {
    guard let base = target.baseAddress else { return target }
    var end = URICharacters.run(base, 0, target.count, URICharacters.path)
    while end < target.count, base[end] != UInt8(ascii: "?"), base[end] != UInt8(ascii: "#") { end &+= 1 }
    return target.part(0, end)
  }

  /// The page's host, with its port.
  func host(_ origin: RequestOrigin) -> Bytes? { authority ?? origin.host }

  /// Sets the page's URL, repaired where RFC 3986 refuses it. `url` is memory to write it in.
  func setPage(of visit: inout PageVisit, _ origin: RequestOrigin, _ url: inout ByteBuffer) throws(Failure) {
    let pathStart = try writeURL(origin, to: &url)
    let written = url.count
    // The host has been checked, but may have characters that are not ASCII.
    let isURI = URI.checkPath(url.bytes, from: pathStart) == nil && UTF8Text.isASCII(url.bytes.part(0, pathStart))
    if !isURI {
      // Behind it, in memory that does not move: an escape has three characters.
      guard url.reserve(written &* 3) else { throw .outOfMemory }
      switch URIRepair.encode(url.bytes, into: &url) {
      case .encoded: break
      case .refused(let flaw): throw RequestTarget.refusal(flaw)
      case .outOfMemory: throw .outOfMemory
      }
    }
    try visit.set(.pageHref, valid: url.count > written ? url.bytes.tail(written) : url.bytes)
  }

  /// Returns where the path begins.
  @_optimize(speed)
  private func writeURL(_ origin: RequestOrigin, to url: inout ByteBuffer) throws(Failure) -> Int {
    guard let host = host(origin), !host.isEmpty else {
      throw WebRequest.missing("/host", "the Host header's value")
    }
    // Before they become parts of a URL: a '/', '?' or '@' in one of them would make another URL of it.
    if let flaw = URI.checkHostHeader(host) { throw RequestTarget.refusal(flaw) }
    guard RequestTarget.isScheme(origin.scheme) else { throw WebRequest.wrong("/scheme", "a URL's scheme, as https") }
    url.truncate(to: 0)
    // Scheme and host mean the same in either case (RFC 3986, section 6.2.2.1).
    guard url.put(lowercased: origin.scheme), url.put("://"), url.put(lowercased: RequestTarget.withoutDefaultPort(host)) else {
      throw .outOfMemory
    }
    let pathStart = url.count
    guard url.put(pathAndQuery) else { throw .outOfMemory }
    return pathStart
  }

  /// Whether path or query have a percent-escape.
  var hasEscapes: Bool { pathAndQuery.holds(UInt8(ascii: "%")) }

  /// Appends one part of the URL, or the whole, as a signature covers it (RFC 9421, section 2.2). `false` if it is none of these, and
  /// when memory ran out.
  @inline(never)
  func write(
    scheme: Bool, host: Bool, path: Bool, query: Bool, whole: Bool, _ origin: RequestOrigin, to text: inout ByteBuffer
  ) -> Bool {
    let authority = RequestTarget.withoutDefaultPort(self.host(origin) ?? Bytes(start: nil, count: 0))
    let plain = self.path
    if scheme || whole, !text.put(lowercased: origin.scheme) { return false }
    if whole, !text.put("://") { return false }
    if host || whole, !text.put(lowercased: authority) { return false }
    if path || whole, !text.put(plain.isEmpty ? Bytes("/") : plain) { return false }
    if query || whole {
      let rest = pathAndQuery.part(plain.count, pathAndQuery.firstOffset(of: UInt8(ascii: "#")) ?? pathAndQuery.count)
      if !text.put(rest.isEmpty && !whole ? Bytes("?") : rest) { return false }
    }
    return scheme || host || path || query || whole
  }

  private static func refusal(_ flaw: Flaw) -> Failure {
    Failure(.invalidEvent, field: [UInt8](Field.pageHref.pointer.bytes), flaw: flaw)
  }

  @_optimize(speed)
  private static func isScheme(_ text: Bytes) -> Bool {
    guard let first = text.first, first.lowercased &- 0x61 < 26 else { return false }
    return text.allSatisfy { URICharacters.has($0, URICharacters.scheme) }
  }

  /// One page has one URL: an empty port is left out, and a default port, even the other scheme's, which only a proxy can have
  /// left there.
  private static func withoutDefaultPort(_ host: Bytes) -> Bytes {
    guard let last = host.last, last == UInt8(ascii: "3") || last == UInt8(ascii: "0") || last == UInt8(ascii: ":") else { return host }
    for port in [":443", ":80", ":"] as [StaticString] {
      let start = host.count &- port.utf8CodeUnitCount
      if start > 0 && host.tail(start).matches(port) { return host.part(0, start) }
    }
    return host
  }
}
