// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `report`: what access logs say about AI agents and people from AI answers. It sends nothing and needs no credential.
struct ReportCommand {
  private let arguments: Arguments
  private let site: Site?
  private let format: RequestedFormat
  private let tolerance: Tolerance
  private let progress = Progress()
  private let interruption = Interruption()

  init(_ arguments: Arguments) throws(UsageError) {
    guard !arguments.operands.isEmpty else { throw UsageError("report takes access logs, folders or patterns, or - for standard input") }
    self.arguments = arguments
    if let text = arguments.value(.site) { site = try Site(text) } else { site = nil }
    format = try RequestedFormat(arguments.value(.format), fields: arguments.value(.fields))
    tolerance = try Tolerance(arguments.value(.maxUnreadable))
  }

  func run() throws(UsageError) -> ExitCode {
    var files = try LogFiles(arguments.operands)
    files.order { FirstTime.milliseconds(in: $0) }
    let target = arguments.value(.html)
    if let target, arguments.value(.unreadable)?.matches(target) == true {
      throw UsageError(flag: Bytes("html"), [UInt8]("found the file of --unreadable; expected another one"))
    }
    var file: ReportFile?
    if let target, !target.matches("-"), LineFile.standardDescriptor(target) != 1 {
      file = try ReportFile(target, besides: files.inputs, interruption)
    }
    let lines = FileLines(of: files.inputs, limit: LogLine.longest)
    let unreadable = try UnreadableLines(arguments, lines, progress, interruption)
    let aggregate = try Aggregate(arguments, site)
    try read(lines, into: aggregate, unreadable)
    progress.clear()
    unreadable.complaints.finish()
    let isKept = unreadable.finish()
    (aggregate.lines, aggregate.unreadable) = (lines.count, unreadable.count)
    (aggregate.files, aggregate.damagedFiles) = (lines.files, lines.damaged)
    aggregate.isInterrupted = interruption.check()
    if aggregate.isInterrupted { say(interruptedAfter: lines.count, isLeft: file != nil) }
    let name = name(of: files)
    if aggregate.isInterrupted, file != nil {
      // What is there stays until there is a whole report.
    } else if target == nil {
      TerminalReport(.standard).put(ReportBuilder(aggregate, .terminal).report(of: name))
    } else {
      try write(ReportBuilder(aggregate, .page).report(of: name), to: file)
    }
    let isTolerable = lines.damaged == 0 && !tolerance.isExceeded(unreadable.count, of: lines.count - aggregate.blank)
    return !isKept ? .usage : aggregate.isInterrupted ? .undelivered : isTolerable ? .success : .refused
  }

  private func read(_ lines: FileLines, into aggregate: Aggregate, _ unreadable: UnreadableLines) throws(UsageError) {
    let opening = LogOpening(format, hasSite: true)
    lines.begins = { (reader, input) throws(UsageError) in
      aggregate.begin(try opening.layout(of: reader.peek(), input.name, progress))
    }
    lines.willComplain = { progress.clear() }
    lines.wait.wakeDescriptor = interruption.descriptor
    lines.wait.whileWaiting = {
      progress.update(lines.count, "lines", fraction: lines.fraction ?? 0)
      return !interruption.check()
    }
    try lines.forEach { whole in
      if whole.isTooLong {
        unreadable.add(whole, UnreadableLines.tooLong)
      } else if whole.isBlank {
        aggregate.blank += 1
      } else {
        let line = InputLine(number: whole.number, text: whole.textWithoutCarriageReturn, isUnterminated: whole.isUnterminated)
        if let reason = aggregate.take(aggregate.reader.read(line)) { unreadable.add(line, [UInt8](reason)) }
        while let next = aggregate.reader.next() {
          if let reason = aggregate.take(next) { unreadable.add(line, [UInt8](reason)) }
        }
      }
      return true
    }
  }

  private func say(interruptedAfter line: Int, isLeft: Bool) {
    Output.error.put("tpc-events: interrupted after line ")
    Output.error.put(grouped: line)
    Output.error.put(isLeft ? "; no report was written\n" : "; the report is of what was read until then\n")
    Output.error.flush()
  }

  // MARK: Writing

  private func write(_ report: LogReport, to file: ReportFile?) throws(UsageError) {
    let page = HTMLReport(report).html
    if page.isBroken { throw .memory }
    guard let file else { return Output.standard.put(page.bytes) }
    try file.write(page.bytes)
    for headline in report.headlines.prefix(3) {
      Output.standard.put(headline.number)
      Output.standard.put(" ")
      Output.standard.put(headline.label)
      Output.standard.put("\n")
    }
  }

  /// The site, or the log's name without its folders, which are nobody else's business.
  private func name(of files: LogFiles) -> [UInt8] {
    if let site { return site.text.withUnsafeBufferPointer { ReportText.printable($0) } }
    let path = files.entries.first?.path ?? arguments.operands[0]
    var text = MessageBuilder()
    if path.matches("-") {
      text.add("standard input")
    } else {
      let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      text.add(printable: start < path.count ? path.part(start, path.count) : path)
    }
    let others = files.entries.count - 1
    if others > 0 {
      text.add(" and ")
      text.add(others, "other log", "other logs")
    }
    return text.text
  }
}
