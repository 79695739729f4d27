// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Decides how a log is read when it is opened, and says so.
final class LogOpening {
  private let requested: RequestedFormat
  private let hasSite: Bool
  /// Whether a format was given or found.
  private(set) var isDecided = false
  /// The file of which it was printed last that no format is known.
  private var unknownFile: [UInt8]?
  /// What was printed last.
  private var last: (name: FormatName?, prefix: LinePrefix?) = (nil, nil)

  init(_ requested: RequestedFormat, hasSite: Bool) {
    self.requested = requested
    self.hasSite = hasSite
  }

  /// How a file is read that begins with these lines.
  func layout(of lines: Bytes, _ file: Bytes, _ progress: Progress) throws(UsageError) -> LogLayout {
    let prefix = prefix(of: lines, file, progress)
    return LogLayout(try format(of: lines, prefix, file, progress), after: prefix)
  }

  /// Whether these first lines tell how a file is read, or it was given.
  func isClear(_ lines: Bytes) -> Bool {
    if case .auto = requested { return FormatDetector.look(at: lines, LinePrefix.detect(in: lines)).name != nil }
    return true
  }

  /// The format that was asked for, or else the one that the first lines are in. Fails when the pages' host is neither in the log nor given.
  /// The same choice as for the file before is not printed again.
  private func format(of lines: Bytes, _ prefix: LinePrefix?, _ file: Bytes, _ progress: Progress) throws(UsageError) -> LogFormat {
    if let format = try requested.make() {
      isDecided = true
      return format
    }
    let finding = FormatDetector.look(at: lines, prefix)
    if !hasSite, finding.lines > 0, finding.hosts == 0 {
      throw UsageError("replay needs --site with the log's site, such as https://example.com: the log itself has only paths")
    }
    guard let name = finding.name else {
      if finding.lines > 0 { sayUnknown(finding, file, progress) }
      return try FormatName.combined.make()
    }
    isDecided = true
    if name != last.name { progress.say(LogOpening.choice(name, finding, file)) }
    last.name = name
    return try name.make()
  }

  /// What a collector put before the lines, by the first of them.
  private func prefix(of lines: Bytes, _ file: Bytes, _ progress: Progress) -> LinePrefix? {
    guard let prefix = LinePrefix.detect(in: lines) else { return nil }
    guard prefix != last.prefix else { return prefix }
    last.prefix = prefix
    var message = MessageBuilder()
    message.add(file)
    message.add(": leaves out what ")
    message.add(prefix.name)
    message.add(" put before each line")
    progress.say(message.text)
    return prefix
  }

  private static func choice(_ name: FormatName, _ finding: FormatDetector.Finding, _ file: Bytes) -> [UInt8] {
    var message = MessageBuilder()
    message.add(file)
    message.add(": read as ")
    message.add(name.name)
    message.add(", the format of ")
    message.add(finding.read)
    message.add(" of the first ")
    message.add(finding.lines)
    message.add(finding.lines == 1 ? " line; " : " lines; ")
    message.add(finding.agents)
    message.add(" name a user agent")
    return message.text
  }

  /// Once a file: where lines are taken one by one, each may be the first of a format.
  private func sayUnknown(_ finding: FormatDetector.Finding, _ file: Bytes, _ progress: Progress) {
    guard unknownFile?.elementsEqual(file) != true else { return }
    unknownFile = [UInt8](file)
    var message = MessageBuilder()
    message.add(file)
    message.add(finding.lines == 1 ? ": the first line is" : ": the first lines are")
    message.add(" in no format that is known; --format takes nginx's log_format, Apache's LogFormat or a JSON map of fields")
    progress.say(message.text)
  }
}
