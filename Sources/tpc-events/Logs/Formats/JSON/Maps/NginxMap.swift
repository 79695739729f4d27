// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// nginx's `escape=json` with its variables' names for members, and the other names that templates in wide use have.
  static var nginx: JSONMap {
    JSONMap(
      members: [
        Member("time_iso8601", .time), Member("time_local", .time), Member("msec", .time), Member("@timestamp", .time),
        Member("timestamp", .time), Member("time", .time), Member("date", .time), Member("datetime", .time), Member("ts", .time),
        Member("remote_addr", .client), Member("remote_ip", .client), Member("client_ip", .client), Member("clientip", .client),
        Member("client", .client), Member("ip", .client),
        Member("http_x_forwarded_for", .forwardedFor), Member("x_forwarded_for", .forwardedFor), Member("x-forwarded-for", .forwardedFor),
        Member("xff", .forwardedFor), Member("forwarded_for", .forwardedFor),
        Member("host", .host), Member("http_host", .host), Member("server_name", .host), Member("vhost", .host), Member("domain", .host),
        Member("http_x_forwarded_proto", .scheme), Member("scheme", .scheme), Member("https", .tls), Member("ssl_protocol", .tls),
        Member("server_port", .port),
        Member("request", .requestLine),
        Member("request_method", .method), Member("method", .method), Member("verb", .method),
        Member("request_uri", .target), Member("url", .url), Member("uri", .path), Member("path", .path), Member("document_uri", .path),
        Member("args", .query), Member("query_string", .query),
        Member("status", .status), Member("response", .status),
        Member("body_bytes_sent", .bytes), Member("bytes_sent", .bytes), Member("bytes", .bytes), Member("size", .bytes),
        Member("length", .bytes),
        Member("http_referer", .referrer), Member("http_referrer", .referrer), Member("referer", .referrer), Member("referrer", .referrer),
        Member("http_user_agent", .userAgent), Member("user_agent", .userAgent), Member("useragent", .userAgent),
        Member("agent", .userAgent), Member("ua", .userAgent),
        Member("request_id", .requestID), Member("req_id", .requestID), Member("http_x_request_id", .requestID),
      ],
      missing: MissingMembers(
        time: "has none of time_iso8601, time_local, msec, timestamp and time", method: "has neither request_method nor request",
        target: "has none of request_uri, uri and request", status: "has no status"))
  }
}
