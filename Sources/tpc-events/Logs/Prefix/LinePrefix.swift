// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What collectors of logs put before a server's line.
enum LinePrefix: Int, CaseIterable {
  /// RFC 5424: `<134>1 2026-11-23T10:00:00Z web1 nginx - - - `.
  case syslog5424
  /// RFC 3164, as rsyslog and journald write it, too, with or without the priority: `Nov 23 10:00:00 web1 nginx[7]: `, or with a time
  /// such as `2026-11-23T10:00:00Z`.
  case syslog
  /// Kubernetes' container runtimes, and Podman: `2026-11-23T10:00:00.123456789Z stdout F `.
  case cri
  /// Docker's json-file, `{"log":"…\n","stream":"stdout","time":"…"}`, and what other collectors make of a line.
  case wrapped
  /// `docker compose logs`: `web-1  | `.
  case compose

  /// How it is called when it is reported.
  var name: StaticString {
    switch self {
    case .syslog5424: "syslog (RFC 5424)"
    case .syslog: "syslog"
    case .cri: "Kubernetes (CRI)"
    case .wrapped: "Docker, or another collector that writes JSON,"
    case .compose: "docker compose"
    }
  }

  /// How many lines of a log's start are looked at.
  private static let mostLines = 50

  /// What most of a log's first lines have in front; nil when that is nothing.
  static func detect(in head: Bytes) -> LinePrefix? {
    var counts = InlineArray<5, Int>(repeating: 0)
    var lines = 0
    var start = 0
    while start < head.count, lines < mostLines {
      var end = start
      while end < head.count, head[end] != 0x0A { end += 1 }
      let line = LeadingNoise.skip(head.part(start, end))
      // The last line may be cut.
      if !line.isEmpty, end < head.count || lines == 0 {
        lines += 1
        if let prefix = of(line) { counts[prefix.rawValue] += 1 }
      }
      start = end + 1
    }
    for prefix in allCases where counts[prefix.rawValue] * 2 > lines { return prefix }
    return nil
  }

  /// What a line has in front.
  static func of(_ line: Bytes) -> LinePrefix? {
    if line.first == UInt8(ascii: "{") { return WrappedLine(line) == nil ? nil : .wrapped }
    for prefix in allCases where prefix != .wrapped && prefix.end(in: line) != nil { return prefix }
    return nil
  }

  /// Where the server's own line begins; nil when the prefix is not there, or nothing comes after it.
  func end(in line: Bytes) -> Int? {
    let end: Int? =
      switch self {
      case .syslog5424: SyslogPrefix.end5424(line)
      case .syslog: SyslogPrefix.end(line)
      case .cri: CRILine(line)?.start
      case .compose: ComposePrefix.end(line)
      case .wrapped: nil
      }
    guard let end, end < line.count else { return nil }
    return end
  }
}
