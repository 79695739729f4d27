// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Decides how a log is read when it is opened, and says so.
struct LogOpening {
  private let requested: RequestedFormat
  private let hasSite: Bool

  init(_ requested: RequestedFormat, hasSite: Bool) {
    self.requested = requested
    self.hasSite = hasSite
  }

  /// The format that was asked for, or else the one that the first lines are in. Fails when the pages' host is neither in the log nor given.
  /// `prefix` is what the lines have in front.
  func format(of lines: InputLines, _ prefix: LinePrefix?, _ progress: Progress) throws(UsageError) -> LogFormat {
    if let format = try requested.make() { return format }
    let finding = FormatDetector.look(at: lines.reader.peek(), prefix)
    if !hasSite, finding.lines > 0, finding.hosts == 0 {
      throw UsageError("replay needs --site with the log's site, such as https://example.com: the log itself has only paths")
    }
    guard let name = finding.name else {
      if finding.lines > 0 { LogOpening.say(LogOpening.unknown(finding), progress) }
      return FormatName.combined.make()
    }
    LogOpening.say(LogOpening.choice(name, finding, lines.input), progress)
    return name.make()
  }

  /// What a collector put before the lines, by the first of them.
  func prefix(of lines: InputLines, _ progress: Progress) -> LinePrefix? {
    guard let prefix = LinePrefix.detect(in: lines.reader.peek()) else { return nil }
    var message = MessageBuilder()
    message.add(lines.input.name)
    message.add(": leaves out what ")
    message.add(prefix.name)
    message.add(" put before each line")
    LogOpening.say(message.text, progress)
    return prefix
  }

  private static func choice(_ name: FormatName, _ finding: FormatDetector.Finding, _ input: Input) -> [UInt8] {
    var message = MessageBuilder()
    message.add(input.name)
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

  private static func unknown(_ finding: FormatDetector.Finding) -> [UInt8] {
    var message = MessageBuilder()
    message.add("the first ")
    message.add(finding.lines)
    message.add(" lines are in no format that is known; --format takes nginx's log_format, Apache's LogFormat or a JSON map of fields")
    return message.text
  }

  static func say(_ message: [UInt8], _ progress: Progress) {
    progress.clear()
    Output.error.put("tpc-events: ")
    Output.error.put(printable: message)
    Output.error.put("\n")
    Output.error.flush()
  }
}
