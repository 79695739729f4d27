// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// The JSON templates in Fastly's documents: the default of its logging endpoints, that of its useful log formats, and Datadog's.
  static var fastly: JSONMap {
    JSONMap(
      members: [
        Member("timestamp", .time), Member("time_start", .time), Member("time", .time), Member("date", .time),
        Member("client_ip", .client), Member("ip_address", .client), Member("network.client.ip", .client),
        Member("request_x_forwarded_for", .forwardedFor), Member("forwarded_for", .forwardedFor),
        Member("http.request_x_forwarded_for", .forwardedFor),
        Member("host", .host), Member("original_host", .host), Member("origin_host", .host),
        Member("scheme", .scheme), Member("is_tls", .tls), Member("tls_client_protocol", .tls),
        // `request` is a method there, and not a request's first line.
        Member("request_method", .method), Member("method", .method), Member("request", .method), Member("http.method", .method),
        Member("url", .url), Member("http.url", .url),
        Member("response_status", .status), Member("status", .status), Member("resp_status", .status), Member("http.status_code", .status),
        Member("response_body_size", .bytes), Member("resp_body_size", .bytes), Member("network.bytes_written", .bytes),
        Member("request_referer", .referrer), Member("request_user_agent", .userAgent), Member("request_id", .requestID),
        Member("http.referer", .referrer), Member("http.useragent", .userAgent),
      ],
      missing: MissingMembers(
        time: "has neither timestamp nor time_start", method: "has neither request_method nor request", target: "has no url",
        status: "has neither response_status nor status"))
  }
}
