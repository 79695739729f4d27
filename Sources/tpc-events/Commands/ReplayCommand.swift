// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `replay`: the page visits of an access log.
struct ReplayCommand {
  private let arguments: Arguments
  private let path: Bytes
  private let site: Site

  init(_ arguments: Arguments) throws(UsageError) {
    guard let path = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("replay takes one access log, or - for standard input")
    }
    guard let site = arguments.value(.site) else {
      throw UsageError("replay needs --site with the log's site, such as https://example.com")
    }
    self.arguments = arguments
    self.path = path
    self.site = try Site(site)
  }

  func run() throws(UsageError) -> ExitCode {
    let input = try Input(path)
    let timeoutMilliseconds = try arguments.milliseconds(.timeout)
    let lines = InputLines(of: input, limit: LogLines.longest)
    let stream = try EventStream(arguments, lines)
    var replay = Replay(of: try LogVisit(arguments, site), to: stream)
    try stream.forEachLine { replay.take($0) }
    replay.lines.unreadable.finish()
    let totals = try stream.finish(timeoutMilliseconds: timeoutMilliseconds)
    let summary = Summary(stream)
    summary.row("lines", lines.count, always: true)
    summary.row("blank", replay.lines.blank, isPart: true)
    summary.row("unreadable", replay.lines.unreadable.count, isPart: true, always: true)
    for reason in PageFilter.Reason.allCases { summary.row(reason.rowName, replay.skipped[reason.rawValue], isPart: true) }
    summary.row("page visits", totals.counts.events, isPart: true, always: true)
    summary.row("URLs repaired", replay.log.repaired)
    summary.events(totals, isDryRun: stream.isDryRun)
    return totals.exitCode(unreadable: replay.lines.unreadable.count)
  }
}

/// Sends the page visits of a log's lines, and counts its other lines.
private struct Replay {
  let log: LogVisit
  let lines: LogLines
  private(set) var skipped = [Int](repeating: 0, count: PageFilter.Reason.allCases.count)
  private let stream: EventStream

  init(of log: LogVisit, to stream: EventStream) {
    self.log = log
    self.stream = stream
    lines = LogLines(stream.progress)
  }

  /// `false` when the run was interrupted.
  mutating func take(_ whole: InputLine) -> Bool {
    guard let line = lines.readable(whole) else { return true }
    switch log.read(line.text) {
    case .visit: return stream.send(log.visit, of: line)
    case .skipped(let reason): skipped[reason.rawValue] += 1
    case .unreadable(let reason): lines.complain(about: line, reason.bytes)
    case .refused(let failure): stream.sendNothing(of: line, because: failure)
    }
    return true
  }
}
