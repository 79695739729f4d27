// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// Netlify's log drains. The logs of functions and deploys have no URL.
  static var netlify: JSONMap {
    JSONMap(
      members: [
        Member("timestamp", .time), Member("time", .time),
        Member("client_ip", .client),
        Member("domain", .host), Member("host", .host), Member("scheme", .scheme),
        Member("method", .method), Member("url", .url), Member("path", .path),
        Member("status_code", .status), Member("status", .status),
        Member("response_size", .bytes), Member("bytes", .bytes), Member("size", .bytes),
        Member("referrer", .referrer), Member("referer", .referrer), Member("user_agent", .userAgent), Member("request_id", .requestID),
      ],
      hasOtherLines: true,
      missing: MissingMembers(
        time: "has no timestamp", method: "has no method", target: "has no url", status: "has no status_code"))
  }
}
