// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The formats that have a name, in the order in which `--format auto` prefers them.
enum FormatName: CaseIterable {
  case combined, vhostCombined, ingressNginx, common
  case haproxy, haproxyCLF, envoy, alb, s3, traefik
  case w3c, cloudfront, cloudfrontRealtime
  case nginxJSON, caddy, traefikJSON, cloudflare, fastly, akamai, vercel, netlify

  /// As `--format` takes it.
  var name: StaticString {
    switch self {
    case .combined: "combined"
    case .vhostCombined: "vhost_combined"
    case .ingressNginx: "ingress-nginx"
    case .common: "common"
    case .haproxy: "haproxy"
    case .haproxyCLF: "haproxy-clf"
    case .envoy: "envoy"
    case .alb: "alb"
    case .s3: "s3"
    case .traefik: "traefik"
    case .w3c: "w3c"
    case .cloudfront: "cloudfront"
    case .cloudfrontRealtime: "cloudfront-realtime"
    case .nginxJSON: "nginx-json"
    case .caddy: "caddy"
    case .traefikJSON: "traefik-json"
    case .cloudflare: "cloudflare"
    case .fastly: "fastly"
    case .akamai: "akamai"
    case .vercel: "vercel"
    case .netlify: "netlify"
    }
  }

  /// A reader for a log in this format; each log has its own.
  func make() -> LogFormat {
    switch self {
    case .combined, .vhostCombined, .ingressNginx, .common: CombinedFormat(name)
    case .haproxy, .haproxyCLF, .envoy, .alb, .s3, .traefik: TemplateFormat.make(self)
    case .w3c, .cloudfront, .cloudfrontRealtime: ColumnFormat.make(self)
    case .nginxJSON, .caddy, .traefikJSON, .cloudflare, .fastly, .akamai, .vercel, .netlify: JSONFormat.make(self)
    }
  }

  static func named(_ text: Bytes) -> FormatName? {
    for format in allCases where text.matches(format.name) { return format }
    return nil
  }
}
