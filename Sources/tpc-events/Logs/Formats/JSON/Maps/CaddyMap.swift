// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// Caddy 2; its log may also have the lines of other loggers.
  static var caddy: JSONMap {
    JSONMap(
      members: [
        Member("ts", .time), Member("time", .time),
        Member("request.client_ip", .client), Member("request.remote_ip", .client),
        // Before 2.5, with the port.
        Member("request.remote_addr", .client),
        Member("request.headers.X-Forwarded-For[0]", .forwardedFor),
        Member("request.host", .host), Member("request.tls", .tls), Member("request.headers.X-Forwarded-Proto[0]", .scheme),
        Member("request.method", .method), Member("request.uri", .target),
        Member("status", .status), Member("size", .bytes),
        Member("request.headers.Referer[0]", .referrer), Member("request.headers.User-Agent[0]", .userAgent),
        Member("uuid", .requestID), Member("request.headers.X-Request-Id[0]", .requestID),
        Member("logger", .kind),
      ],
      kind: "http.log.access", hasOtherLines: true,
      missing: MissingMembers(
        time: "has no ts", method: "has no request.method", target: "has no request.uri", status: "has no status"))
  }
}
