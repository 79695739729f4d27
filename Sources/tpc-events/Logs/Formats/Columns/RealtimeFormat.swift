// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// CloudFront's real-time logs with every field that can be chosen, in the order of CloudFront's Developer Guide. A log with others needs
/// `--fields`. What comes after `ssl-protocol` does not matter here, and fields are added at the end over the years.
final class RealtimeFormat: ColumnFormat {
  private static let names: StaticString = """
    timestamp c-ip s-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol cs-host cs-uri-stem cs-bytes x-edge-location \
    x-edge-request-id x-host-header time-taken cs-protocol-version c-ip-version cs-user-agent cs-referer cs-cookie cs-uri-query \
    x-edge-response-result-type x-forwarded-for ssl-protocol
    """
  /// The index of `s-ip`, which older lines do not have.
  private static let server = 2

  /// With `s-ip`, and without it.
  private let columns: (whole: ColumnList, older: ColumnList)

  init(_ name: StaticString) {
    let whole = ColumnList(RealtimeFormat.names.bytes, isCloudFront: true)
    columns = (whole, whole.without(RealtimeFormat.server))
    super.init(name, nil, isCloudFront: true)
  }

  override func read(_ line: Bytes) throws(UnreadableLine) -> LogEntry? {
    let list = RealtimeFormat.hasAllFields(line, isOlder: false) ? columns.whole : columns.older
    if list.columns.count == columns.older.columns.count, !RealtimeFormat.hasAllFields(line, isOlder: true) {
      throw UnreadableLine(reason: "has other fields than all that CloudFront has (--fields names those of the log, in their order)")
    }
    return try read(line, list, allowsMore: true)
  }

  /// Whether the fields that have a form of their own are where they belong, before and after those that matter.
  private static func hasAllFields(_ line: Bytes, isOlder: Bool) -> Bool {
    var words = ColumnLine(line)
    var index = 0
    while let word = words.next(), index < 24 {
      if isOlder, index == server { index += 1 }
      let text = word.text
      let isRight =
        switch index {
        case server: IPAddress(text) != nil
        case 4: text.count == 3 && EntryBuilder.number(text) != nil
        case 15: text.part(0, 5).matches("HTTP/")
        case 16: text.part(0, 3).matches("IPv")
        case 21: text.first.map { $0 &- 0x41 < 26 } ?? false
        case 23: text.matches("-") || text.part(0, 3).matches("TLS") || text.part(0, 3).matches("SSL")
        default: true
        }
      if !isRight { return false }
      index += 1
    }
    return index == 24
  }
}

extension ColumnList {
  fileprivate func without(_ index: Int) -> ColumnList {
    var list = self
    list.columns.remove(at: index)
    return list
  }
}
