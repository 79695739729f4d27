// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The formats that have a name, in the order in which `--format auto` prefers them.
enum FormatName: CaseIterable {
  case combined, vhostCombined, ingressNginx, common
  case haproxy, haproxyCLF, envoy, alb, s3, traefik
  case cloudfront, cloudfrontRealtime, w3c
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

  /// Whether lines in this format have fields whose names are not in the log.
  var takesFields: Bool {
    switch self {
    case .haproxy, .haproxyCLF, .w3c, .cloudfront, .cloudfrontRealtime: true
    default: false
    }
  }

  /// A reader for a log in this format; each log has its own. `fields` are the names of the fields that lines have, for a format that
  /// `takesFields`. Fails for names by which no line can be read.
  func make(fields: Bytes? = nil) throws(UsageError) -> LogFormat {
    switch self {
    case .combined, .vhostCombined, .ingressNginx, .common: CombinedFormat(name)
    case .haproxy, .haproxyCLF, .envoy, .alb, .s3, .traefik: try TemplateFormat.make(self, fields: fields)
    case .w3c, .cloudfront, .cloudfrontRealtime: try ColumnFormat.make(self, fields: fields)
    case .nginxJSON, .caddy, .traefikJSON, .cloudflare, .fastly, .akamai, .vercel, .netlify: JSONFormat.make(self)
    }
  }

  /// Whether who writes the log gives each request an id of its own. Elsewhere, the id may be a trace's, which several requests share, or
  /// what a visitor sent.
  var identifiesRequests: Bool {
    switch self {
    case .cloudflare, .cloudfront, .cloudfrontRealtime, .alb, .s3, .akamai, .vercel, .netlify, .nginxJSON: true
    case .combined, .vhostCombined, .ingressNginx, .common, .haproxy, .haproxyCLF, .envoy, .traefik, .w3c, .caddy, .traefikJSON, .fastly:
      false
    }
  }

  static func named(_ text: Bytes) -> FormatName? {
    for format in allCases where text.matches(format.name) { return format }
    return nil
  }
}
