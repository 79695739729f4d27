// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `report`: what access logs say about AI agents and people from AI answers. It sends nothing and needs no credential.
struct ReportCommand {
  private let arguments: Arguments
  private let site: Site?
  private let format: RequestedFormat
  private let tolerance: Tolerance
  private let progress = Progress()

  init(_ arguments: Arguments) throws(UsageError) {
    guard !arguments.operands.isEmpty else { throw UsageError("report takes access logs, or - for standard input") }
    self.arguments = arguments
    if let text = arguments.value(.site) { site = try Site(text) } else { site = nil }
    format = try RequestedFormat(arguments.value(.format))
    tolerance = try Tolerance(arguments.value(.maxUnreadable))
  }

  func run() throws(UsageError) -> ExitCode {
    var inputs: [Input] = []
    for path in arguments.operands { inputs.append(try Input(path)) }
    let target = arguments.value(.html)
    var file: ReportFile?
    if let target, !target.matches("-") { file = try ReportFile(target, besides: inputs) }
    let unreadable = try UnreadableLines(arguments, besides: inputs[0], progress)
    let aggregate = try Aggregate(arguments, site)
    for input in inputs { try read(input, into: aggregate, unreadable) }
    progress.clear()
    unreadable.complaints.finish()
    try unreadable.finish()
    aggregate.unreadable = unreadable.count
    if target == nil {
      TerminalReport(.standard).put(ReportBuilder(aggregate, .terminal).report(of: name))
    } else {
      try write(ReportBuilder(aggregate, .page).report(of: name), to: file)
    }
    return tolerance.isExceeded(unreadable.count, of: aggregate.lines - aggregate.blank) ? .refused : .success
  }

  private func read(_ input: Input, into aggregate: Aggregate, _ unreadable: UnreadableLines) throws(UsageError) {
    let lines = InputLines(of: input, limit: LogReader.longestLine)
    let reader = aggregate.reader
    try aggregate.begin(lines, as: LogOpening(format, hasSite: true), progress)
    lines.reader.whileWaiting = {
      if let size = lines.reader.size {
        progress.update(aggregate.lines, "lines", fraction: min(1, Double(lines.reader.consumed) / Double(max(1, size))))
      }
      return true
    }
    try lines.forEach { whole in
      aggregate.lines += 1
      if whole.isTooLong {
        unreadable.add(whole, UnreadableLines.tooLong)
      } else if whole.isBlank {
        aggregate.blank += 1
      } else {
        let line = InputLine(number: whole.number, text: whole.textWithoutCarriageReturn, isUnterminated: whole.isUnterminated)
        if let reason = aggregate.take(reader.read(line)) { unreadable.add(line, [UInt8](reason)) }
        while let next = reader.next() {
          if let reason = aggregate.take(next) { unreadable.add(line, [UInt8](reason)) }
        }
      }
      return true
    }
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
  private var name: [UInt8] {
    if let site { return site.text.withUnsafeBufferPointer { ReportText.printable($0) } }
    let path = arguments.operands[0]
    var text = MessageBuilder()
    if path.matches("-") {
      text.add("standard input")
    } else {
      let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      text.add(printable: start < path.count ? path.part(start, path.count) : path)
    }
    let others = arguments.operands.count - 1
    if others > 0 {
      text.add(" and ")
      text.add(others, "other log", "other logs")
    }
    return text.text
  }
}
