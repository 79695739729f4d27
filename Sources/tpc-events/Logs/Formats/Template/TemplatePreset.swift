// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A format that has a name, as data. A layout has its fields as `$name`, by the table below; `$?` marks from where on a line may end.
struct TemplatePreset {
  let layouts: [StaticString]
  let time: TimeForm
  let texts: TextForm
  var start = TemplateFormat.Start.line
  var isUTCAssumed = false

  private static let names: [(name: StaticString, value: TemplateValue)] = [
    ("skipped", .ignored), ("number", .number), ("client", .field(.client)), ("client_port", .clientAndPort),
    ("forwarded_for", .field(.forwardedFor)), ("host", .field(.host)), ("scheme", .field(.scheme)), ("time", .field(.time)),
    ("request", .field(.requestLine)), ("url_request", .requestURL), ("status", .field(.status)), ("bytes", .field(.bytes)),
    ("referrer", .field(.referrer)), ("user_agent", .field(.userAgent)), ("request_id", .field(.requestID)), ("encryption", .encryption),
    ("frontend", .frontend), ("braced_headers", .bracedHeaders), ("quoted_headers", .quotedHeaders),
  ]

  static func template(_ layout: StaticString) throws(UsageError) -> Template {
    let text = layout.bytes
    var builder = TemplateBuilder()
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "$") else {
        builder.add(text[at])
        at += 1
        continue
      }
      let start = at + 1
      at = start
      if at < text.count, text[at] == UInt8(ascii: "?") {
        builder.makeRestOptional()
        at += 1
        continue
      }
      while at < text.count, NginxTemplate.isOfName(text[at]) { at += 1 }
      let name = text.part(start, at)
      for row in names where name.matches(row.name) { builder.add(RankedValue(row.value), name) }
    }
    return try builder.finish()
  }
}
