// SPDX-License-Identifier: Apache-2.0

/// The AI service whose answer a person came from: a row of `AIAnswerTable`. Its texts end with a NUL and last forever.
public struct AIAnswer: @unchecked Sendable {
  /// What named the service.
  public enum Evidence: Sendable {
    /// The page that held the link, as the browser reports it.
    case referrer
    /// The parameter `utm_source` of the page's URL, as the service wrote it into the link.
    case utm

    public var name: StaticString {
      switch self {
      case .referrer: "referrer"
      case .utm: "utm"
      }
    }
  }

  public let name: Bytes
  public let operatorName: Bytes
  public let evidence: Evidence

  private init(_ row: TableRow, _ evidence: Evidence) {
    var row = row
    name = row.next()
    operatorName = row.next()
    self.evidence = evidence
  }

  /// The service that the referrer names, else the one that `utm_source` in the page's URL names; nil if neither does.
  @export(interface)
  public static func from(referrer: Bytes, href: Bytes) -> AIAnswer? {
    if let row = row(ofAddress: referrer) { return AIAnswer(row, .referrer) }
    guard let source = utmSource(href) else { return nil }
    // Links also have the bare name, as in utm_source=openai; as a host, that would be a machine of the visitor's own network.
    let row = find(source) ?? row(ofHost: source, 0..<source.count, pathEnd: source.count)
    return row.map { AIAnswer($0, .utm) }
  }

  private static func row(ofAddress text: Bytes) -> TableRow? {
    guard !text.isEmpty else { return nil }
    let parts = URI.Parts(text)
    guard var host = parts.host else { return nil }
    // A host with a port is not followed by its path, which only matters for rows that have one.
    let pathEnd = parts.port == nil ? parts.path.upperBound : host.upperBound
    if host.count > 1, text[host.upperBound - 1] == UInt8(ascii: ".") { host = host.lowerBound..<host.upperBound - 1 }
    return row(ofHost: text, host, pathEnd: pathEnd)
  }

  /// The row of a host, of a domain that it belongs to, or of either with the path's first one or two segments.
  private static func row(ofHost text: Bytes, _ host: Range<Int>, pathEnd: Int) -> TableRow? {
    var start = host.lowerBound
    while let dot = offset(of: UInt8(ascii: "."), text, start, host.upperBound) {
      if let row = find(text.part(start, host.upperBound)) { return row }
      var end = host.upperBound
      for _ in 0..<2 where end < pathEnd {
        end = offset(of: UInt8(ascii: "/"), text, end + 1, pathEnd) ?? pathEnd
        if let row = find(text.part(start, end)) { return row }
      }
      start = dot + 1
    }
    return nil
  }

  @inline(never)
  private static func find(_ key: Bytes) -> TableRow? { AIAnswerTable.row(of: key) }

  @inline(never)
  private static func offset(of byte: UInt8, _ text: Bytes, _ start: Int, _ end: Int) -> Int? {
    text.part(start, end).firstOffset(of: byte).map { start + $0 }
  }

  /// The value of a URL's first parameter `utm_source`.
  private static func utmSource(_ href: Bytes) -> Bytes? {
    let name: StaticString = "utm_source="
    guard !href.isEmpty, let query = URI.Parts(href).query else { return nil }
    for parameter in Words(href.part(query), separator: UInt8(ascii: "&")) {
      if parameter.part(0, name.utf8CodeUnitCount).matchesIgnoringCase(name) {
        return parameter.part(name.utf8CodeUnitCount, parameter.count)
      }
    }
    return nil
  }
}
