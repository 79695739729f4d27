// SPDX-License-Identifier: Apache-2.0

/// Paths that programs read rather than people: by convention they lead to files for crawlers, feeds and health checks.
package enum MachinePath {
  package enum Kind: Sendable {
    /// robots.txt, a sitemap or a feed.
    case file
    /// Asks whether the server is up.
    case healthCheck
  }

  /// What a path is; nil for any other. `isHTML` says that the response is HTML: then a path that only looks like a feed, a sitemap
  /// or a health check is a page.
  @export(interface)
  package static func kind(_ path: Bytes, isHTML: Bool) -> Kind? {
    let path = path.last == UInt8(ascii: "/") ? path.part(0, path.count &- 1) : path
    if path.isSame("/robots.txt") { return .file }
    if isHealthCheck(path, isHTML: isHTML) { return .healthCheck }
    return !isHTML && isFile(path) ? .file : nil
  }

  /// The paths that frameworks and operators' guides use: Rails and Laravel (`/up`), Kubernetes (`/healthz`, `/livez`, `/readyz`),
  /// Mozilla's Dockerflow (`/__heartbeat__`), ASP.NET Core and Quarkus (`/health…`), Spring Boot (`/actuator/health`), Prometheus
  /// (`/-/healthy`) and Docker's registry (`/_ping`).
  private static func isHealthCheck(_ path: Bytes, isHTML: Bool) -> Bool {
    // By length first: of most paths no byte is compared.
    let isNeverPage =
      switch path.count {
      case 3: path.isSame("/up")
      case 6: path.isSame("/livez")
      case 7: path.isSame("/readyz")
      case 8: path.isSame("/healthz")
      case 14: path.isSame("/__heartbeat__")
      case 16: path.isSame("/__lbheartbeat__")
      default: false
      }
    if isNeverPage || isHTML { return isNeverPage }
    return switch path.count {
    case 5: path.isSame("/ping")
    case 6: path.isSame("/_ping")
    case 7: path.isSame("/health")
    case 8: path.isSame("/_health") || path.isSame("/-/ready")
    case 9: path.isSame("/api/ping")
    case 10: path.isSame("/-/healthy")
    case 11: path.isSame("/api/health")
    case 12: path.isSame("/healthcheck") || path.isSame("/health/live")
    case 13: path.isSame("/health-check") || path.isSame("/health/ready")
    case 16: path.isSame("/actuator/health")
    case 25: path.isSame("/actuator/health/liveness")
    case 26: path.isSame("/actuator/health/readiness")
    default: false
    }
  }

  /// Whether a path leads to a sitemap (sitemaps.org) or to a feed as WordPress, Drupal, Ghost, Hugo and Jekyll name theirs.
  private static func isFile(_ path: Bytes) -> Bool {
    // Such names end in few letters.
    switch path.last {
    case UInt8(ascii: "d"), UInt8(ascii: "s"), UInt8(ascii: "l"), UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "m"),
      UInt8(ascii: "z"), UInt8(ascii: "2"):
      break
    default: return false
    }
    let name = path.tail(start(ofLastSegment: path))
    return isFeed(name, path) || isSitemap(name)
  }

  private static func isFeed(_ name: Bytes, _ path: Bytes) -> Bool {
    if name.ends(with: ".rss") || name.ends(with: ".atom") { return true }
    return switch name.count {
    case 3: name.isSame("rss")
    case 4: name.isSame("feed") || path.ends(with: "/feed/atom") || path.ends(with: "/feed/rss2")
    case 7: name.isSame("rss.xml")
    case 8: name.isSame("feed.xml") || name.isSame("atom.xml")
    case 9: name.isSame("feed.json") || name.isSame("index.xml")
    default: false
    }
  }

  private static func isSitemap(_ name: Bytes) -> Bool {
    guard name.ends(with: ".xml") || name.ends(with: ".xml.gz") || name.ends(with: ".txt") || name.ends(with: ".xsl") else {
      return false
    }
    var start = 0
    while start &+ 7 < name.count {
      if name.part(start, start &+ 7).isSame("sitemap") { return true }
      start &+= 1
    }
    return false
  }

  /// Whether AI agents read what a path leads to, whatever its content type: Markdown, llms.txt (llmstxt.org), descriptions of APIs,
  /// and what RFC 8615 puts below `/.well-known/`, such as the cards of agents.
  @export(interface)
  package static func isForAgents(_ path: Bytes) -> Bool {
    // Of most paths, no more is looked at.
    switch path.last {
    case UInt8(ascii: "d"), UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "l"): break
    default: return path.part(0, 13).isSame("/.well-known/")
    }
    if path.ends(with: ".md") || path.part(0, 13).isSame("/.well-known/") { return true }
    let name = path.tail(start(ofLastSegment: path))
    return name.isSame("llms.txt") || name.isSame("llms-full.txt") || name.isSame("openapi.json")
      || name.isSame("openapi.yaml") || name.isSame("openapi.yml") || name.isSame("swagger.json")
  }

  private static func start(ofLastSegment path: Bytes) -> Int {
    var start = path.count
    while start > 0, path[start &- 1] != UInt8(ascii: "/") { start &-= 1 }
    return start
  }
}

/// Never inlined: there are many of them, and their speed does not matter.
extension UnsafeBufferPointer where Element == UInt8 {
  @inline(never)
  fileprivate func isSame(_ text: StaticString) -> Bool { matches(text) }

  @inline(never)
  fileprivate func ends(with end: StaticString) -> Bool {
    count >= end.utf8CodeUnitCount && tail(count &- end.utf8CodeUnitCount).matches(end)
  }
}
