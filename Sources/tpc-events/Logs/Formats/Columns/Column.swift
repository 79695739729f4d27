// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A column of a log that names its columns.
enum Column {
  private static let names: [(name: StaticString, value: TemplateValue, rank: UInt8)] = [
    ("date", .field(.date), 3), ("time", .field(.timeOfDay), 3), ("date-utc", .field(.date), 2), ("time-utc", .field(.timeOfDay), 2),
    ("date-local", .field(.date), 1), ("time-local", .field(.timeOfDay), 1), ("timestamp", .field(.time), 1), ("timestamp(ms)", .field(.time), 2),
    ("c-ip", .field(.client), 2), ("c-dns", .field(.client), 1), ("x-forwarded-for", .field(.forwardedFor), 4),
    ("x-host-header", .field(.host), 4), ("cs-host", .field(.host), 2), ("cs-uri-host", .field(.host), 1),
    ("cs-protocol", .field(.scheme), 2), ("cs-uri-scheme", .field(.scheme), 1), ("s-port", .port, 1), ("cs-uri-port", .port, 1),
    ("cs-method", .field(.method), 1),
    ("cs-uri", .field(.target), 1), ("cs-uri-stem", .field(.path), 2), ("cs-uri-path", .field(.path), 1), ("cs-uri-query", .field(.query), 1),
    ("sc-status", .field(.status), 1), ("sc-bytes", .field(.bytes), 1), ("cs-user-agent", .field(.userAgent), 2),
    ("cs-referer", .field(.referrer), 2), ("x-edge-request-id", .field(.requestID), 5),
  ]

  /// What the column of this name is. Those in `cs(…)`, and others that are not known, are headers of the request.
  static func named(_ name: Bytes) -> RankedValue {
    for row in names where name.matchesIgnoringCase(row.name) { return RankedValue(row.value, row.rank) }
    var header = name
    if name.part(0, 3).matchesIgnoringCase("cs("), name.last == UInt8(ascii: ")") { header = name.part(3, name.count - 1) }
    return RequestHeader.named(header) ?? RankedValue(TemplateValue.ignored)
  }
}

/// The columns of a log, in their order.
struct ColumnList {
  var columns: [RankedValue] = []
  /// Whether the time is that of the server's zone, which the log does not tell.
  private(set) var isLocal = false
  /// Whether visitors' texts are in percent-encoding, as in CloudFront's logs.
  private(set) var isCloudFront: Bool

  init(_ list: Bytes, isCloudFront: Bool) {
    self.isCloudFront = isCloudFront
    var names = FieldNames(list)
    var hasUTC = false
    while let name = names.next() {
      columns.append(Column.named(name))
      if name.matchesIgnoringCase("time-local") { isLocal = true }
      if name.matchesIgnoringCase("time") || name.matchesIgnoringCase("time-utc") { hasUTC = true }
      if name.part(0, 7).matches("x-edge-") { self.isCloudFront = true }
    }
    if hasUTC { isLocal = false }
  }

  private func has(_ field: LogField) -> Bool { columns.contains { $0.value.isField(field) } }

  /// Whether none of the columns from `index` on, and not the one before it, is of a request: a line that ends there has all of them whole.
  func endsWhole(at index: Int) -> Bool {
    guard index > 0 else { return false }
    for column in columns[(index - 1)...] where !column.value.isPassedOver { return false }
    return true
  }

  /// Why no line can be read by these columns; nil when lines can. A `date` may be known from elsewhere.
  func flaw(hasDate: Bool) -> StaticString? {
    guard has(.time) || has(.timeOfDay) && (has(.date) || hasDate) else { return "without a time: date and time, or timestamp" }
    guard has(.method) else { return "without cs-method" }
    return has(.target) || has(.path) ? nil : "without cs-uri-stem"
  }
}
