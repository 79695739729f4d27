// SPDX-License-Identifier: Apache-2.0

/// The AI service whose answer a person came from: a row of `AIAnswerTable`. Its texts end with a NUL and last forever.
package struct AIAnswer: @unchecked Sendable {
  /// What named the service.
  package enum Evidence: Sendable {
    /// The page that held the link, as the browser reports it.
    case referrer
    /// The parameter `utm_source` of the page's URL, as the service wrote it into the link.
    case utm

    package var name: StaticString {
      switch self {
      case .referrer: "referrer"
      case .utm: "utm"
      }
    }
  }

  package let name: Bytes
  package let operatorName: Bytes
  package let evidence: Evidence

  private init(_ row: TableRow, _ evidence: Evidence) {
    var row = row
    name = row.next()
    operatorName = row.next()
    self.evidence = evidence
  }

  /// The service that the referrer names, else the one that `utm_source` in the page's URL names; nil if neither does.
  @export(interface)
  package static func from(referrer: Bytes, href: Bytes) -> AIAnswer? {
    if let row = row(ofAddress: referrer) { return AIAnswer(row, .referrer) }
    return row(ofSourceIn: href).map { AIAnswer($0, .utm) }
  }

  private static func row(ofAddress text: Bytes) -> TableRow? {
    // Browsers take a backslash for a slash, so it ends the authority. After it, no row has more.
    let text = text.part(0, text.firstOffset(of: UInt8(ascii: "\\")) ?? text.count)
    guard !text.isEmpty else { return nil }
    let parts = URI.Parts(text)
    guard var host = parts.host else { return nil }
    if host.count > 1, text[host.upperBound - 1] == UInt8(ascii: ".") { host = host.lowerBound..<host.upperBound - 1 }
    var whole = ByteBuffer()
    // A port or a last dot may be between the host and its path.
    guard host.upperBound == parts.path.lowerBound || whole.put(text.part(host)) && whole.put(text.part(parts.path)) else { return nil }
    return row(of: whole.count > 0 ? whole.bytes : text.part(host.lowerBound, parts.path.upperBound), hostEnd: host.count)
  }

  /// The row of a host, of a domain that it belongs to, or of either with the first one or two segments of the path after it.
  @inline(never)
  private static func row(of text: Bytes, hostEnd: Int) -> TableRow? {
    var start = 0
    while let dot = offset(of: UInt8(ascii: "."), text, start, hostEnd) {
      if let row = find(text.part(start, hostEnd)) { return row }
      var end = hostEnd
      for _ in 0..<2 where end < text.count {
        end = offset(of: UInt8(ascii: "/"), text, end + 1, text.count) ?? text.count
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

  /// The row of a URL's first parameter `utm_source`, which names a host, or a service as in utm_source=openai. As a host, that
  /// would be a machine of the visitor's own network.
  private static func row(ofSourceIn href: Bytes) -> TableRow? {
    let name: StaticString = "utm_source="
    guard !href.isEmpty, let query = URI.Parts(href).query else { return nil }
    for parameter in Words(href.part(query), separator: UInt8(ascii: "&")) {
      guard parameter[0] | 0x20 == UInt8(ascii: "u") || parameter[0] == UInt8(ascii: "%") else { continue }
      var decoded = ByteBuffer()
      if parameter.holds(UInt8(ascii: "%")), decoded.put(parameter) { _ = decoded.resolveEscapes() }
      let text = decoded.count > 0 ? decoded.bytes : parameter
      guard text.part(0, name.utf8CodeUnitCount).matchesIgnoringCase(name) else { continue }
      let source = text.tail(name.utf8CodeUnitCount)
      return find(source) ?? row(of: source, hostEnd: source.count)
    }
    return nil
  }
}
