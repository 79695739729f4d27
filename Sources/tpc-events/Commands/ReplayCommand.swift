// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `replay`: the page visits of an access log.
struct ReplayCommand {
  private let arguments: Arguments
  private let path: Bytes
  private let site: Site

  /// No server takes a request line or header of this length by default; a longer line is something else.
  private static let longestLine = 256 * 1024

  init(_ arguments: Arguments) throws(UsageError) {
    guard let path = arguments.words.first, arguments.words.count == 1 else {
      throw UsageError("replay takes one access log, or - for standard input")
    }
    guard let site = arguments.value(.site) else {
      throw UsageError("replay needs --site with the log's site, as https://example.com")
    }
    self.arguments = arguments
    self.path = path
    self.site = try Site(site)
  }

  private struct Counts {
    var lines = 0
    var blank = 0
    var skipped = InlineArray<6, Int>(repeating: 0)
    let unreadable = Complaints("lines that cannot be read")
  }

  func run() throws(UsageError) -> ExitCode {
    let input = try Input(path)
    let timeout = try arguments.milliseconds(.timeout)
    let reader = LineReader(descriptor: input.descriptor, limit: ReplayCommand.longestLine)
    let stream = try EventStream(arguments, input, reader)
    let log = try LogVisit(arguments, site)
    var counts = Counts()
    reading: while true {
      switch reader.next() {
      case .text(let line):
        counts.lines += 1
        if !take(line, log, stream, &counts) { break reading }
      case .tooLong:
        counts.lines += 1
        complain(Bytes("is longer than 262144 bytes"), stream, &counts)
      case .failed(let error):
        _ = try stream.finish(timeout: 0)
        throw input.failure(error)
      case .end, .stopped: break reading
      }
    }
    counts.unreadable.finish()
    let totals = try stream.finish(timeout: timeout)
    summarise(counts, log.repaired, totals, stream)
    return totals.exitCode(unreadable: counts.unreadable.count)
  }

  private func take(_ whole: Bytes, _ log: LogVisit, _ stream: EventStream, _ counts: inout Counts) -> Bool {
    let line = whole.last == 0x0D ? whole.part(0, whole.count - 1) : whole
    guard !SendCommand.isBlank(line) else {
      counts.blank += 1
      return true
    }
    switch log.read(line) {
    case .visit: return stream.send(log.visit, counts.lines, line)
    case .skipped(let reason): counts.skipped[reason.rawValue] += 1
    case .unreadable(let reason): complain(reason.bytes, stream, &counts)
    case .refused(let failure): stream.sendNothing(counts.lines, failure, line)
    }
    return true
  }

  private func complain(_ reason: Bytes, _ stream: EventStream, _ counts: inout Counts) {
    stream.progress.clear()
    counts.unreadable.tell(counts.lines, Bytes(""), reason)
  }

  private func summarise(_ counts: Counts, _ repaired: Int, _ totals: EventTotals, _ stream: EventStream) {
    let summary = Summary(stream)
    summary.row("lines", counts.lines, always: true)
    summary.row("blank", counts.blank, isPart: true)
    summary.row("unreadable", counts.unreadable.count, isPart: true, always: true)
    for reason in PageFilter.Reason.allCases { summary.row(reason.words, counts.skipped[reason.rawValue], isPart: true) }
    summary.row("page visits", totals.counts.events, isPart: true, always: true)
    summary.row("URLs repaired", repaired)
    summary.events(totals, isDryRun: stream.isDryRun)
  }
}
