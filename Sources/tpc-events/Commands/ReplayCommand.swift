// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `replay`: the page visits of an access log.
struct ReplayCommand {
  private let arguments: Arguments
  private let path: Bytes
  private let site: Site?
  private let format: RequestedFormat
  private let tolerance: Tolerance

  init(_ arguments: Arguments) throws(UsageError) {
    guard let path = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("replay takes one access log, or - for standard input")
    }
    self.arguments = arguments
    self.path = path
    if let site = arguments.value(.site) { self.site = try Site(site) } else { site = nil }
    format = try RequestedFormat(arguments.value(.format))
    tolerance = try Tolerance(arguments.value(.maxUnreadable))
  }

  func run() throws(UsageError) -> ExitCode {
    let input = try Input(path)
    let timeoutMilliseconds = try arguments.milliseconds(.timeout)
    let lines = InputLines(of: input, limit: LogReader.longestLine)
    let stream = try EventStream(arguments, lines)
    let log = try LogVisit(arguments, site)
    try log.reader.begin(lines, as: LogOpening(format, hasSite: site != nil), stream.progress)
    let unreadable = try UnreadableLines(arguments, besides: input, stream.progress)
    var replay = Replay(of: log, to: stream, unreadable, hasLineIDs: arguments.has(.lineIDs))
    try stream.forEachLine { replay.take($0) }
    unreadable.complaints.finish()
    let totals = try stream.finish(timeoutMilliseconds: timeoutMilliseconds)
    try unreadable.finish()
    replay.summarize(totals, lines: lines.count)
    return totals.exitCode(tooManyUnreadable: tolerance.isExceeded(unreadable.count, of: lines.count - replay.blank))
  }
}

/// Sends the page visits of a log's lines, and counts its other lines.
private struct Replay {
  let log: LogVisit
  private(set) var blank = 0
  private var headers = 0
  private var skipped = [Int](repeating: 0, count: PageFilter.Reason.allCases.count)
  private let unreadable: UnreadableLines
  private let stream: EventStream
  private let hasLineIDs: Bool
  /// After how many lines a doubtful log is told of, without waiting for its end.
  private static let linesBeforeDoubt = 1000

  init(of log: LogVisit, to stream: EventStream, _ unreadable: UnreadableLines, hasLineIDs: Bool) {
    self.log = log
    self.stream = stream
    self.unreadable = unreadable
    self.hasLineIDs = hasLineIDs
  }

  /// `false` when the run was interrupted.
  mutating func take(_ whole: InputLine) -> Bool {
    if whole.number == Replay.linesBeforeDoubt + 1 { sayDoubts(lines: Replay.linesBeforeDoubt) }
    if whole.isTooLong {
      unreadable.add(whole, UnreadableLines.tooLong)
      return true
    }
    if whole.isBlank {
      blank += 1
      return true
    }
    var line = InputLine(number: whole.number, text: whole.textWithoutCarriageReturn, isUnterminated: whole.isUnterminated)
    if hasLineIDs {
      guard let identified = IdentifiedLine(line) else {
        unreadable.add(line, [UInt8](IdentifiedLine.missing))
        return true
      }
      line = identified.line
      line.identity = identified.identity
    }
    var reading = log.read(line)
    var goesOn = take(reading, of: line)
    // Some formats have several requests a line.
    while goesOn, let next = log.next(of: line) {
      reading = next
      goesOn = take(reading, of: line)
    }
    return goesOn
  }

  private mutating func take(_ reading: LogVisit.Reading, of line: InputLine) -> Bool {
    switch reading {
    case .visit: return stream.send(log.visit, of: line)
    case .header: headers += 1
    case .skipped(let reason): skipped[reason.rawValue] += 1
    case .unreadable(let reason): unreadable.add(line, [UInt8](reason))
    case .refused(let failure): stream.sendNothing(of: line, because: failure)
    }
    return true
  }

  private func sayDoubts(lines: Int) {
    log.reader.doubts.sayWhatMostLack(lines: lines, unreadable: unreadable.count) { LogOpening.say([UInt8]($0), stream.progress) }
  }

  /// Writes the summary, and what is doubtful about it.
  func summarize(_ totals: EventTotals, lines: Int) {
    let summary = Summary(stream)
    summary.row("lines", lines, always: true)
    summary.row("transaction marks", stream.confirmation?.marks ?? 0, isPart: true)
    summary.row("blank", blank, isPart: true)
    summary.row("headers, comments", headers, isPart: true)
    summary.row("unreadable", unreadable.count, isPart: true, always: true)
    for reason in PageFilter.Reason.allCases { summary.row(reason.rowName, skipped[reason.rawValue], isPart: true) }
    summary.row("page visits", totals.counts.events, isPart: true, always: true)
    summary.row("URLs repaired", log.repaired)
    summary.events(totals, isDryRun: stream.isDryRun)
    log.reader.doubts.sayNotices { count, text in
      LogOpening.say([UInt8](text) + [UInt8](" (lines: ") + Digits.grouped(count) + [UInt8](")"), stream.progress)
    }
    if skipped[PageFilter.Reason.noHost.rawValue] > 0 {
      LogOpening.say([UInt8]("lines without a host were left out; --site names the host of their pages"), stream.progress)
    }
    sayDoubts(lines: lines)
  }
}
