// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Chooses a log's format by its first lines: the one that reads most of them, and finds most in them.
struct FormatDetector {
  /// How many lines are looked at.
  private static let mostLines = 200

  /// What one format made of the lines.
  private struct Trial {
    let name: FormatName
    var read = 0
    var requests = 0
    var agents = 0
    var addresses = 0
    var hosts = 0

    /// A line that is read counts more than anything found in it.
    var points: Int { read * 8 + requests * 4 + agents * 2 + addresses + hosts }
  }

  /// What was found out, for the person who started the run.
  struct Finding {
    /// Nil when no format reads any of the lines.
    let name: FormatName?
    let lines: Int
    let read: Int
    let agents: Int
    let hosts: Int
  }

  static func look(at head: Bytes, _ prefix: LinePrefix?) -> Finding {
    var lines = 0
    var best = Trial(name: .combined)
    for name in FormatName.allCases {
      var trial = Trial(name: name)
      // Without names of fields, nothing can be wrong.
      guard let format = try? name.make() else { continue }
      lines = forEachLine(of: head, prefix) { read($0, format, &trial) }
      if trial.points > best.points { best = trial }
    }
    return Finding(name: best.requests > 0 ? precise(best) : nil, lines: lines, read: best.read, agents: best.agents, hosts: best.hosts)
  }

  private static func read(_ line: Bytes, _ format: LogFormat, _ trial: inout Trial) {
    guard var entry = try? format.read(line) else { return }
    // A header is a line that is read, if a request follows.
    trial.read += 1
    while true {
      if entry.request != nil { trial.requests += 1 }
      if entry.userAgent != nil { trial.agents += 1 }
      if entry.host != nil { trial.hosts += 1 }
      if let client = entry.client, LogAddress.address(client) != nil { trial.addresses += 1 }
      guard let next = try? format.next() else { return }
      entry = next
    }
  }

  /// The formats of Apache and nginx have one reader, which sees in each line what it has; the name is that of most lines.
  private static func precise(_ trial: Trial) -> FormatName {
    guard trial.name == .combined else { return trial.name }
    if trial.hosts * 2 > trial.read { return .vhostCombined }
    return trial.agents == 0 ? .common : .combined
  }

  /// Returns the number of lines.
  private static func forEachLine(of head: Bytes, _ prefix: LinePrefix?, _ take: (Bytes) -> Void) -> Int {
    var unwrapper = LineUnwrapper(prefix, limit: LogLine.longest)
    var count = 0
    var start = 0
    while start < head.count, count < mostLines {
      var end = start
      while end < head.count, head[end] != 0x0A { end += 1 }
      let line = InputLine(number: 0, text: head.part(start, end))
      start = end + 1
      if line.isBlank { continue }
      count += 1
      if case .line(let text) = unwrapper.unwrap(line.textWithoutCarriageReturn) { take(text) }
    }
    return count
  }
}
