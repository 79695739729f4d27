// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// Traefik with `format: json`; on its standard output are lines of its own log, too.
  static var traefik: JSONMap {
    JSONMap(
      members: [
        Member("StartUTC", .time), Member("StartLocal", .time), Member("time", .time),
        Member("ClientHost", .client), Member("ClientAddr", .client), Member("request_X-Forwarded-For", .forwardedFor),
        Member("RequestHost", .host), Member("RequestAddr", .host), Member("request_Host", .host),
        Member("request_X-Forwarded-Proto", .scheme), Member("RequestScheme", .scheme), Member("TLSVersion", .tls),
        Member("RequestPort", .port),
        Member("RequestMethod", .method), Member("RequestPath", .target), Member("RequestLine", .requestLine),
        Member("DownstreamStatus", .status), Member("OriginStatus", .status),
        Member("DownstreamContentSize", .bytes), Member("OriginContentSize", .bytes),
        Member("request_Referer", .referrer), Member("request_User-Agent", .userAgent), Member("request_X-Request-Id", .requestID),
      ],
      hasOtherLines: true,
      missing: MissingMembers(
        time: "has neither StartUTC nor StartLocal", method: "has no RequestMethod", target: "has no RequestPath",
        status: "has no DownstreamStatus"))
  }
}
