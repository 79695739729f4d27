// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What the variables of nginx and the directives of Apache say, in the order of preference.
enum TemplateVariables {
  static var all: [Member] {
    [
      Member("$time_iso8601", .time), Member("$time_local", .time), Member("$msec", .time),
      Member("$remote_addr", .client), Member("$remote_addr:$remote_port", .client),
      Member("$http_x_forwarded_for", .forwardedFor), Member("$proxy_add_x_forwarded_for", .forwardedFor),
      Member("$http_x_real_ip", .forwardedFor), Member("$http_cf_connecting_ip", .forwardedFor),
      Member("$host", .host), Member("$http_host", .host), Member("$host:$server_port", .host), Member("$server_name", .host),
      Member("$http_x_forwarded_proto", .scheme), Member("$scheme", .scheme), Member("$https", .tls), Member("$ssl_protocol", .tls),
      Member("$server_port", .port),
      Member("$request", .requestLine), Member("$request_method $request_uri $server_protocol", .requestLine),
      Member("$request_method", .method),
      Member("$scheme://$host$request_uri", .url), Member("$scheme://$http_host$request_uri", .url),
      Member("$scheme://$server_name$request_uri", .url),
      Member("$request_uri", .target), Member("$uri$is_args$args", .target), Member("$uri?$args", .target),
      Member("$uri", .path), Member("$document_uri", .path), Member("$args", .query), Member("$query_string", .query),
      Member("$status", .status), Member("$body_bytes_sent", .bytes), Member("$bytes_sent", .bytes),
      Member("$http_referer", .referrer), Member("$http_user_agent", .userAgent),
      Member("$request_id", .requestID), Member("$http_x_request_id", .requestID),

      Member("%a", .client), Member("%{c}a", .client), Member("%h", .client), Member("%{X-Forwarded-For}i", .forwardedFor),
      Member("%{Host}i", .host), Member("%V", .host), Member("%v", .host), Member("%{X-Forwarded-Proto}i", .scheme), Member("%p", .port),
      Member("%t", .time), Member("%{%Y-%m-%dT%H:%M:%S%z}t", .time), Member("%{%Y-%m-%dT%T%z}t", .time), Member("%{%FT%T%z}t", .time),
      Member("%{sec}t", .time), Member("%{msec}t", .time), Member("%{usec}t", .time),
      Member("%r", .requestLine), Member("%m", .method), Member("%U%q", .target), Member("%U", .path), Member("%q", .query),
      Member("%>s", .status), Member("%s", .status), Member("%B", .bytes), Member("%b", .bytes), Member("%O", .bytes),
      Member("%{Referer}i", .referrer), Member("%{User-Agent}i", .userAgent), Member("%{UNIQUE_ID}e", .requestID),
    ]
  }

  /// The index of what a template has for a value; nil for a value that says nothing about a visit. Apache's headers are the same in
  /// capitals and in small letters, and nginx's variables may be in braces.
  static func index(of value: Bytes, in known: [Member]) -> Int? {
    var plain = ByteBuffer()
    for byte in value {
      let isBrace = value.first == UInt8(ascii: "$") && (byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}"))
      if !isBrace { _ = plain.append(byte) }
    }
    for at in 0..<known.count where isSame(plain.bytes, known[at].path.bytes) { return at }
    guard isTime(plain.bytes) else { return nil }
    for at in 0..<known.count where known[at].path.bytes.matches("%t") { return at }
    return nil
  }

  /// Whether a value is put together from Apache's times alone: `%{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}tZ`.
  private static func isTime(_ value: Bytes) -> Bool {
    var (at, count) = (0, 0)
    while at < value.count {
      guard value[at] == UInt8(ascii: "%") else {
        at += 1
        continue
      }
      guard value.part(at, at + 2).matches("%{") else { return false }
      while at < value.count, value[at] != UInt8(ascii: "}") { at += 1 }
      guard at + 1 < value.count, value[at + 1] == UInt8(ascii: "t") else { return false }
      (at, count) = (at + 2, count + 1)
    }
    return count > 0
  }

  private static func isSame(_ text: Bytes, _ known: Bytes) -> Bool {
    guard text.count == known.count else { return false }
    let isHeader = known.count > 3 && known.last == UInt8(ascii: "i")
    for at in 0..<text.count {
      guard text[at] == known[at] || isHeader && (text[at] ^ known[at]) == 0x20 && (text[at] | 0x20) &- 0x61 < 26 else { return false }
    }
    return true
  }
}
