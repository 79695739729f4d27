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

  /// Appends the scheme and host of a page: those of this site, but the log line's virtual host where it names one.
  func append(virtualHost: Bytes?, to url: inout ByteBuffer) -> Bool {
    let scheme = scheme.withUnsafeBufferPointer { url.append($0) } && url.append("://")
    if let host = Site.named(virtualHost) { return scheme && url.append(host) }
    return scheme && authority.withUnsafeBufferPointer { url.append($0) }
  }

  /// The path with its query. A request for a whole URL (a proxy's form) counts when the host is that of the line's pages: others
  /// are strangers who try whether the server is an open proxy. Without a site, only a virtual host tells.
  static func ownTarget(of request: LogRequest, host virtualHost: Bytes?, _ site: Site?) -> Bytes? {
    if request.target[0] == UInt8(ascii: "/") { return request.target }
    let parts = URI.Parts(request.target)
    guard let host = parts.host, !parts.scheme.isEmpty else { return nil }
    let isOwn =
      site.map { $0.isHost(request.target.part(host), ofVirtualHost: virtualHost) }
      ?? named(virtualHost)?.matchesIgnoringCase(request.target.part(host)) ?? false
    guard isOwn else { return nil }
    let target = request.target.part(parts.path.lowerBound, request.target.count)
    return target.isEmpty || target[0] != UInt8(ascii: "/") ? nil : target
  }

  /// Whether a host (without port) is that of the pages of a line, which may name a virtual host.
  func isHost(_ host: Bytes, ofVirtualHost virtualHost: Bytes?) -> Bool {
    let host = Site.lowercase(host)
    let own: [UInt8]
    if let virtual = Site.named(virtualHost) {
      own = Site.lowercase(virtual)
    } else {
      own = withoutPort
    }
    return host.elementsEqual(own)
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
