// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The scheme and host of a log's pages: a log has paths, and an event needs a whole URL.
struct Site {
  /// `https`, in lower case.
  private let scheme: [UInt8]
  /// Host and port, in lower case.
  private let authority: [UInt8]

  /// Reads a text such as `https://example.com`. Fails with a message when it is something else.
  init(_ text: Bytes) throws(UsageError) {
    let parts = URI.Parts(text)
    guard URI.check(text) == nil, let host = parts.host, !host.isEmpty else {
      throw UsageError("--site: found no URL; expected scheme and host, such as https://example.com")
    }
    scheme = Site.lowercase(text.part(parts.scheme))
    authority = Site.lowercase(text.part(host.lowerBound, parts.path.lowerBound))
    guard Site.equals(scheme, "https") || Site.equals(scheme, "http") else {
      throw UsageError("--site: found another scheme; expected https or http")
    }
    let path = text.part(parts.path)
    guard parts.userinfo == nil, parts.query == nil, parts.fragment == nil, path.isEmpty || path.matches("/") else {
      throw UsageError("--site: found more than scheme and host; expected https://example.com, because the log has the paths")
    }
  }

  var text: [UInt8] { scheme + [UInt8]("://") + authority }

  /// Appends the scheme and host of a page: the log line's own where it names them, and else those of the site. A page is `https` where
  /// nobody says otherwise.
  static func append(virtualHost: Bytes?, scheme named: Bytes?, _ site: Site?, to url: inout ByteBuffer) -> Bool {
    guard append(named, orOf: site, to: &url), url.append("://") else { return false }
    if let host = Site.named(virtualHost) { return url.append(host) }
    return site?.authority.withUnsafeBufferPointer { url.append($0) } ?? false
  }

  private static func append(_ named: Bytes?, orOf site: Site?, to url: inout ByteBuffer) -> Bool {
    if let named { return url.append(named) }
    guard let site else { return url.append("https") }
    return site.scheme.withUnsafeBufferPointer { url.append($0) }
  }

  /// The path with its query. A request for a whole URL (a proxy's form) counts when the host is that of the line's pages: others
  /// are strangers who try whether the server is an open proxy.
  static func ownTarget(of request: LogRequest, host virtualHost: Bytes?, _ site: Site?) -> Bytes? {
    if request.target[0] == UInt8(ascii: "/") { return request.target }
    let parts = URI.Parts(request.target)
    guard let host = parts.host, !parts.scheme.isEmpty else { return nil }
    guard isHost(request.target.part(host), ofVirtualHost: virtualHost, site) else { return nil }
    let target = request.target.part(parts.path.lowerBound, request.target.count)
    if target.isEmpty { return Bytes("/") }
    return target[0] == UInt8(ascii: "/") ? target : nil
  }

  /// Whether a host (without port) is that of the pages of a line, which may name a virtual host.
  static func isHost(_ host: Bytes, ofVirtualHost virtualHost: Bytes?, _ site: Site?) -> Bool {
    let host = Site.lowercase(host)
    if let virtual = Site.named(virtualHost) { return host.elementsEqual(Site.lowercase(virtual)) }
    return site.map { host.elementsEqual($0.withoutPort) } ?? false
  }

  private var withoutPort: [UInt8] {
    guard let colon = authority.lastIndex(of: UInt8(ascii: ":")), authority[colon...].dropFirst().allSatisfy({ $0 &- 0x30 < 10 })
    else { return authority }
    return [UInt8](authority[..<colon])
  }

  /// Nil for a server's catch-all (`_`, `*`), which does not name a host.
  static func named(_ virtualHost: Bytes?) -> Bytes? {
    guard let host = virtualHost, !host.isEmpty, !host.matches("_"), !host.matches("-"), !host.matches("*") else { return nil }
    return host
  }

  private static func equals(_ text: [UInt8], _ literal: StaticString) -> Bool {
    text.withUnsafeBufferPointer { $0.matches(literal) }
  }

  private static func lowercase(_ text: Bytes) -> [UInt8] { text.map { $0.lowercased } }
}
