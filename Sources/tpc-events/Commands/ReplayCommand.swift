// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `replay`: the page visits of an access log.
struct ReplayCommand {
  private let arguments: Arguments
  private let site: Site?
  private let format: RequestedFormat
  private let tolerance: Tolerance

  /// How long the end of a follower waits for what is on its way.
  private static let followersEndMilliseconds = 2_000

  init(_ arguments: Arguments) throws(UsageError) {
    guard !arguments.operands.isEmpty else {
      throw UsageError("replay takes access logs, folders or patterns, or - for standard input")
    }
    guard arguments.has(.follow) || !arguments.has(.state) else { throw UsageError("--state: expected with --follow, which goes on from there") }
    self.arguments = arguments
    if let site = arguments.value(.site) { self.site = try Site(site) } else { site = nil }
    format = try RequestedFormat(arguments.value(.format), fields: arguments.value(.fields))
    tolerance = try Tolerance(arguments.value(.maxUnreadable))
    guard site == nil, case .auto = format, arguments.has(.confirm) || arguments.has(.lineIDs) else { return }
    throw UsageError("replay needs --site or --format with --confirm and --line-ids: the lines cannot be looked at before they are taken")
  }

  func run() throws(UsageError) -> ExitCode { arguments.has(.follow) ? try follow() : try replay() }

  private func replay() throws(UsageError) -> ExitCode {
    let timeoutMilliseconds = try arguments.milliseconds(.timeout)
    var files = try LogFiles(arguments.operands)
    files.order { FirstTime.milliseconds(in: $0) }
    let lines = FileLines(of: files.inputs, limit: LogLine.longest)
    lines.isLog = true
    let stream = try EventStream(arguments, lines)
    let log = try LogVisit(arguments, site)
    let opening = LogOpening(format, hasSite: site != nil)
    let hasLineIDs = arguments.has(.lineIDs)
    // Whoever hands over lines one by one waits for an answer to each, and an identity is not part of the log.
    let decidesByLine = stream.confirmation != nil || hasLineIDs
    // A literal format that is wrong is told before any line is taken.
    if decidesByLine, let format = try format.make() { log.reader.layout = LogLayout(format) }
    lines.begins = { (reader, input) throws(UsageError) in
      if !decidesByLine { log.reader.layout = try opening.layout(of: reader.peek(), input.name, stream.progress) }
    }
    lines.willComplain = { stream.progress.clear() }
    let unreadable = try UnreadableLines(arguments, stream)
    var replay = Replay(of: log, to: stream, unreadable, hasLineIDs: hasLineIDs)
    if decidesByLine { replay.opening = opening }
    try stream.forEachLine { replay.take($0) }
    unreadable.complaints.finish()
    let totals = stream.finish(timeoutMilliseconds: timeoutMilliseconds)
    replay.summarize(totals, lines)
    StoppedRun(totals, stream, arguments)?.describeRepeatable(Summary(stream).output)
    let tooManyUnreadable = tolerance.isExceeded(unreadable.count, of: stream.takenLines - replay.blank)
    return totals.exitCode(tooManyUnreadable: tooManyUnreadable, isDamaged: lines.damaged > 0)
  }

  /// Sends what is added to the logs, until it is interrupted.
  private func follow() throws(UsageError) -> ExitCode {
    guard let state = arguments.value(.state) else { throw UsageError("--follow: needs --state with a file for how far each log was delivered") }
    guard !arguments.has(.dryRun), !arguments.has(.timeout) else {
      throw UsageError("--follow: ends at a signal, and sends; expected without --dry-run and --timeout")
    }
    let lines = try FollowedLines(arguments.operands, state: state)
    let stream = try EventStream(arguments, lines, nothingExpires: true)
    // Only until something was taken: whoever starts it reads what is wrong.
    stream.endsWhenMisconfigured = true
    let log = try LogVisit(arguments, site)
    let opening = LogOpening(format, hasSite: site != nil)
    lines.turnsTo = { (file) throws(UsageError) in
      log.reader.layout = try file.layout { (head, name) throws(UsageError) in try opening.layout(of: head, name, stream.progress) }
    }
    lines.isClear = { opening.isClear($0) }
    lines.willSay = { stream.progress.clear() }
    let unreadable = try UnreadableLines(arguments, stream)
    var replay = Replay(of: log, to: stream, unreadable, hasLineIDs: false)
    try stream.forEachLine { replay.take($0) }
    unreadable.complaints.finish()
    // What is not answered by then is sent again, with the same ids.
    let totals = stream.finish(timeoutMilliseconds: ReplayCommand.followersEndMilliseconds)
    let isSaved = lines.finish()
    replay.summarize(totals, lines)
    let tooManyUnreadable = tolerance.isExceeded(unreadable.count, of: lines.count - replay.blank)
    return isSaved ? totals.exitCode(tooManyUnreadable: tooManyUnreadable, isFollowing: true) : .usage
  }
}

/// Sends the page visits of a log's lines, and counts its other lines.
struct Replay {
  let log: LogVisit
  private(set) var blank = 0
  private var headers = 0
  private var skipped = [Int](repeating: 0, count: PageFilter.Reason.allCases.count)
  private let unreadable: UnreadableLines
  private let stream: EventStream
  private let hasLineIDs: Bool
  /// Decides by each line how it is read, until one is in a format that is known.
  var opening: LogOpening?
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
    line.identity = whole.identity
    if hasLineIDs {
      guard let identified = IdentifiedLine(line) else {
        unreadable.add(line, [UInt8](IdentifiedLine.missing))
        return true
      }
      line = identified.line
      line.identity = identified.identity
    }
    if let opening, !opening.isDecided, let layout = try? opening.layout(of: line.text, Bytes("standard input"), stream.progress) {
      log.reader.layout = layout
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
    case .blank: blank += 1
    case .skipped(let reason): skipped[reason.rawValue] += 1
    case .unreadable(let reason): unreadable.add(line, [UInt8](reason))
    case .refused(let failure): stream.sendNothing(of: line, because: failure)
    }
    return true
  }

  private func sayDoubts(lines: Int) {
    log.reader.doubts.sayWhatMostLack(lines: lines, unreadable: unreadable.count) { stream.progress.say([UInt8]($0)) }
  }

  /// Writes the summary, and what is doubtful about it.
  func summarize(_ totals: EventTotals, _ lines: InputLines) {
    let summary = Summary(stream)
    if lines.files > 1 { summary.row("files", lines.files) }
    summary.row("damaged files", lines.damaged)
    summary.row("lines", stream.takenLines, always: true)
    summary.row("transaction marks", stream.confirmation?.marks ?? 0, isPart: true)
    summary.row("blank", blank, isPart: true)
    summary.row("headers, comments", headers, isPart: true)
    summary.row("unreadable", unreadable.count, isPart: true, always: true)
    for reason in PageFilter.Reason.allCases { summary.row(reason.rowName, skipped[reason.rawValue], isPart: true) }
    summary.row("page visits", totals.counts.events, isPart: true, always: true)
    summary.row("URLs repaired", log.repaired)
    summary.events(totals, isDryRun: stream.isDryRun)
    log.reader.doubts.sayNotices { count, text in
      stream.progress.say([UInt8](text) + [UInt8](" (lines: ") + Digits.grouped(count) + [UInt8](")"))
    }
    if skipped[PageFilter.Reason.noHost.rawValue] > 0 {
      stream.progress.say([UInt8]("lines without a host were left out; --site names the host of their pages"))
    }
    sayDoubts(lines: lines.count)
  }
}
