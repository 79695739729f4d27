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

  private struct Counts {
    var blank = 0
    var skipped = [Int](repeating: 0, count: PageFilter.Reason.allCases.count)
    let unreadable = Complaints("lines that cannot be read")
  }

  func run() throws(UsageError) -> ExitCode {
    let input = try Input(path)
    let timeoutMilliseconds = try arguments.milliseconds(.timeout)
    let lines = InputLines(of: input, limit: ReplayCommand.longestLine)
    let stream = try EventStream(arguments, lines)
    let log = try LogVisit(arguments, site)
    var counts = Counts()
    try stream.forEachLine { replay($0, of: log, to: stream, &counts) }
    counts.unreadable.finish()
    let totals = try stream.finish(timeoutMilliseconds: timeoutMilliseconds)
    let summary = Summary(stream)
    summary.row("lines", lines.count, always: true)
    summary.row("blank", counts.blank, isPart: true)
    summary.row("unreadable", counts.unreadable.count, isPart: true, always: true)
    for reason in PageFilter.Reason.allCases { summary.row(reason.words, counts.skipped[reason.rawValue], isPart: true) }
    summary.row("page visits", totals.counts.events, isPart: true, always: true)
    summary.row("URLs repaired", log.repaired)
    summary.events(totals, isDryRun: stream.isDryRun)
    return totals.exitCode(unreadable: counts.unreadable.count)
  }

  /// `false` when the run was interrupted.
  private func replay(_ whole: InputLine, of log: LogVisit, to stream: EventStream, _ counts: inout Counts) -> Bool {
    guard !whole.isTooLong else {
      ReplayCommand.tooLong.withUnsafeBufferPointer { complain(whole, $0, stream, counts) }
      return true
    }
    guard !whole.isBlank else {
      counts.blank += 1
      return true
    }
    let line = InputLine(number: whole.number, text: whole.textWithoutCarriageReturn)
    switch log.read(line.text) {
    case .visit: return stream.send(log.visit, of: line)
    case .skipped(let reason): counts.skipped[reason.rawValue] += 1
    case .unreadable(let reason): complain(line, reason.bytes, stream, counts)
    case .refused(let failure): stream.sendNothing(of: line, because: failure)
    }
    return true
  }

  private func complain(_ line: InputLine, _ reason: Bytes, _ stream: EventStream, _ counts: Counts) {
    stream.progress.clear()
    counts.unreadable.add(line: line.number, pointer: Bytes(""), reason: reason)
  }

  private static var tooLong: [UInt8] {
    var message = MessageBuilder()
    message.add("is longer than ")
    message.add(longestLine)
    message.add(" bytes")
    return message.text
  }
}
