// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// nginx's `log_format`. A variable that does not matter here is passed over: modules and configurations add their own.
enum NginxTemplate {
  private static let variables: [(name: StaticString, value: TemplateValue, rank: UInt8)] = [
    ("remote_addr", .field(.client), 2), ("proxy_add_x_forwarded_for", .field(.forwardedFor), 3),
    ("proxy_protocol_addr", .field(.forwardedFor), 1),
    ("host", .field(.host), 3), ("server_name", .field(.host), 1), ("scheme", .field(.scheme), 2), ("https", .encryption, 1),
    ("ssl_protocol", .encryption, 1), ("ssl_cipher", .encryption, 1),
    ("time_local", .field(.time), 1), ("time_iso8601", .field(.time), 1), ("msec", .field(.time), 1),
    ("request", .field(.requestLine), 1), ("request_method", .field(.method), 1), ("request_uri", .field(.target), 1),
    ("uri", .field(.path), 1), ("document_uri", .field(.path), 1), ("is_args", .queryMark, 1), ("args", .field(.query), 1),
    ("query_string", .field(.query), 1), ("server_protocol", .protocolVersion, 1), ("status", .field(.status), 1),
    ("body_bytes_sent", .field(.bytes), 2), ("bytes_sent", .field(.bytes), 1), ("request_id", .field(.requestID), 5),
    ("remote_port", .port, 1), ("server_port", .port, 1), ("proxy_protocol_port", .port, 1),
    ("request_time", .number, 1), ("request_length", .number, 1), ("connection", .number, 1), ("connection_requests", .number, 1),
    ("pid", .number, 1), ("gzip_ratio", .number, 1), ("content_length", .number, 1), ("upstream_response_time", .number, 1),
    ("upstream_connect_time", .number, 1), ("upstream_header_time", .number, 1), ("upstream_status", .number, 1),
    ("upstream_response_length", .number, 1), ("upstream_bytes_received", .number, 1), ("upstream_bytes_sent", .number, 1),
  ]

  static func isOfName(_ byte: UInt8) -> Bool { byte.lowercased &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") }

  /// Fails for a `$` without a name, for two kinds of time, and for what no template can have.
  static func read(_ text: Bytes, isPlain: Bool) throws(UsageError) -> (Template, TimeForm) {
    var builder = TemplateBuilder()
    var time: TimeForm?
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "$") else {
        // As it is in a configuration's quotes.
        let isEscape = text[at] == UInt8(ascii: "\\") && at + 1 < text.count
        let isTab = isEscape && text[at + 1] == UInt8(ascii: "t")
        if isTab || isEscape && text[at + 1] == UInt8(ascii: "\"") { at += 1 }
        builder.add(isTab ? 0x09 : text[at])
        at += 1
        continue
      }
      let start = at
      at += 1
      let isBraced = at < text.count && text[at] == UInt8(ascii: "{")
      if isBraced { at += 1 }
      let nameStart = at
      while at < text.count, isOfName(text[at]) { at += 1 }
      let name = text.part(nameStart, at)
      if isBraced, at < text.count, text[at] == UInt8(ascii: "}") { at += 1 }
      guard !name.isEmpty else { throw TemplateBuilder.usage("found a $ without a variable's name after it; expected one such as $remote_addr") }
      var value = variable(name)
      if value.value.isField(.time) {
        // The first one counts.
        if time == nil { time = timeForm(name) } else { value = RankedValue(TemplateValue.ignored) }
      }
      builder.add(value, text.part(start, at))
    }
    return (try builder.finish(escapesTabs: !isPlain), time ?? .combined)
  }

  private static func timeForm(_ name: Bytes) -> TimeForm {
    name.matches("msec") ? .seconds : name.matches("time_iso8601") ? .iso : .combined
  }

  private static func variable(_ name: Bytes) -> RankedValue {
    for row in variables where name.matches(row.name) { return RankedValue(row.value, row.rank) }
    if name.part(0, 5).matches("http_"), let header = RequestHeader.named(name.part(5, name.count)) { return header }
    return RankedValue(TemplateValue.ignored)
  }
}
