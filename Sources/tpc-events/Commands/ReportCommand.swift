// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `report`: what access logs say about AI agents and people from AI answers. It sends nothing and needs no credential.
struct ReportCommand {
  private let arguments: Arguments
  private let site: Site?
  private let progress = Progress()

  init(_ arguments: Arguments) throws(UsageError) {
    guard !arguments.operands.isEmpty else { throw UsageError("report takes access logs, or - for standard input") }
    self.arguments = arguments
    if let text = arguments.value(.site) { site = try Site(text) } else { site = nil }
  }

  func run() throws(UsageError) -> ExitCode {
    var inputs: [Input] = []
    for path in arguments.operands { inputs.append(try Input(path)) }
    let target = arguments.value(.html)
    var file: ReportFile?
    if let target, !target.matches("-") { file = try ReportFile(target, besides: inputs) }
    let aggregate = try Aggregate(arguments, site)
    let lines = LogLines(progress)
    for input in inputs { try read(input, lines, into: aggregate) }
    progress.clear()
    lines.unreadable.finish()
    if target == nil {
      TerminalReport(.standard).put(ReportBuilder(aggregate, lines, .terminal).report(of: name))
    } else {
      try write(ReportBuilder(aggregate, lines, .page).report(of: name), to: file)
    }
    // A log always has some lines that are cut or garbled; one that has mostly those was not read.
    return lines.unreadable.count * 2 > lines.count - lines.blank ? .refused : .success
  }

  private func read(_ input: Input, _ lines: LogLines, into aggregate: Aggregate) throws(UsageError) {
    let inputLines = InputLines(of: input, limit: LogLines.longest)
    inputLines.reader.whileWaiting = {
      if let size = inputLines.reader.size {
        progress.update(lines.count, "lines", fraction: min(1, Double(inputLines.reader.consumed) / Double(max(1, size))))
      }
      return true
    }
    var format = CombinedFormat()
    try inputLines.forEach { whole in
      guard let line = lines.readable(whole) else { return true }
      do throws(UnreadableLine) {
        if let reason = aggregate.take(try format.read(line.text)) { lines.complain(about: line, reason.bytes) }
      } catch {
        lines.complain(about: line, error.reason.bytes)
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
