// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// Vercel's log drains. What a build or a function logs without a request has no `proxy`.
  static var vercel: JSONMap {
    JSONMap(
      members: [
        Member("proxy.timestamp", .time), Member("timestamp", .time),
        Member("proxy.clientIp", .client),
        Member("proxy.host", .host), Member("host", .host), Member("proxy.scheme", .scheme),
        Member("proxy.method", .method), Member("proxy.path", .target),
        Member("proxy.statusCode", .status), Member("statusCode", .status), Member("proxy.responseByteSize", .bytes),
        Member("proxy.referer", .referrer), Member("proxy.userAgent[0]", .userAgent), Member("proxy.userAgent", .userAgent),
        Member("requestId", .requestID),
      ],
      hasOtherLines: true,
      missing: MissingMembers(
        time: "has neither proxy.timestamp nor timestamp", method: "has no proxy.method", target: "has no proxy.path",
        status: "has no proxy.statusCode"))
  }
}
