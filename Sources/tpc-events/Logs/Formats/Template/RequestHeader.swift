// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The headers of a request that matter in a log. Every format that can name headers uses this table.
enum RequestHeader {
  private static let rows: [(name: StaticString, field: LogField, rank: UInt8)] = [
    ("user-agent", .userAgent, 2), ("referer", .referrer, 2), ("referrer", .referrer, 1), ("host", .host, 2),
    ("x-forwarded-for", .forwardedFor, 4), ("cf-connecting-ip", .forwardedFor, 3), ("true-client-ip", .forwardedFor, 2),
    ("x-real-ip", .forwardedFor, 1), ("x-forwarded-proto", .scheme, 3),
    ("x-request-id", .requestID, 4), ("cf-ray", .requestID, 3), ("x-amz-cf-id", .requestID, 3), ("traceparent", .requestID, 2),
    ("x-amzn-trace-id", .requestID, 1),
  ]

  /// Nil for a header that does not matter. Neither the case counts nor whether there is a `-` or a `_` between words.
  static func named(_ name: Bytes) -> RankedValue? {
    for row in rows where matches(name, row.name.bytes) { return RankedValue(row.field, row.rank) }
    return nil
  }

  private static func matches(_ name: Bytes, _ wanted: Bytes) -> Bool {
    guard name.count == wanted.count else { return false }
    for (byte, expected) in zip(name, wanted) {
      let plain = byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : byte.lowercased
      if plain != expected { return false }
    }
    return true
  }
}
