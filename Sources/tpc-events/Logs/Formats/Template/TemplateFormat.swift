// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A log whose lines are put together from fields with text between them.
final class TemplateFormat: LogFormat {
  /// Where the first field of a line is.
  enum Start {
    case line
    /// So many words before the time in brackets: whatever is in front of these, such as syslog's, is not part of the format.
    case wordsBeforeTime(Int)
  }

  /// How lines are put together, and how else they may be.
  private let templates: [Template]
  /// Which of them the line before was in.
  private var current = 0
  private let start: Start
  private let hasEscapes: Bool
  /// Whether the times have no offset, so that UTC is taken for granted.
  private let isUTCAssumed: Bool
  private let captures: CapturedHeaders
  private var builder: EntryBuilder

  init(
    _ name: StaticString, _ templates: [Template], time: TimeForm, texts: TextForm, start: Start = .line, isUTCAssumed: Bool = false,
    captures: CapturedHeaders = .unknown
  ) {
    self.templates = templates
    self.start = start
    hasEscapes = texts == .escaped
    self.isUTCAssumed = isUTCAssumed
    self.captures = captures
    builder = EntryBuilder(time: time, texts: texts)
    super.init(name)
  }

  override func read(_ line: Bytes) throws(UnreadableLine) -> LogEntry? {
    let at = try begin(of: line)
    var failure: UnreadableLine?
    for offset in templates.indices {
      let index = (current + offset) % templates.count
      var found = TemplateLine(line, hasEscapes: hasEscapes, captures: captures)
      do throws(UnreadableLine) {
        try found.read(templates[index], from: at)
      } catch {
        failure = failure ?? error
        continue
      }
      current = index
      return try entry(found)
    }
    throw failure ?? UnreadableLine(reason: "is not in the format")
  }

  private func entry(_ line: TemplateLine) throws(UnreadableLine) -> LogEntry {
    var entry = try builder.entry(line.fields)
    if line.isCut {
      entry.notice = .cutAgent
    } else if line.hasRecognizedHeaders {
      entry.notice = isUTCAssumed ? .recognizedHeadersAssumedUTC : .recognizedHeaders
    } else if isUTCAssumed {
      entry.notice = .assumedUTC
    }
    return entry
  }

  private func begin(of line: Bytes) throws(UnreadableLine) -> Int {
    guard case .wordsBeforeTime(let count) = start else { return 0 }
    guard let time = BracketedTime.find(in: line) else {
      throw UnreadableLine(reason: "has no time such as [23/Nov/2026:10:00:00.000]")
    }
    var at = time.lowerBound - 1
    for _ in 0..<count {
      while at > 0, LogWords.isBlank(line[at - 1]) { at -= 1 }
      while at > 0, !LogWords.isBlank(line[at - 1]) { at -= 1 }
    }
    return at
  }
}

extension TemplateFormat {
  /// A reader for a format that has a name. `fields` are the names of the headers that HAProxy captured, if they are known.
  static func make(_ name: FormatName, fields: Bytes? = nil) throws(UsageError) -> LogFormat {
    let captures = if let fields { try CapturedHeaders(fields) } else { CapturedHeaders.unknown }
    let preset: TemplatePreset =
      switch name {
      case .haproxyCLF: .haproxyCLF
      case .envoy: .envoy
      case .alb: .alb
      case .s3: .s3
      case .traefik: .traefik
      default: .haproxy
      }
    var templates: [Template] = []
    for layout in preset.layouts { templates.append(try TemplatePreset.template(layout)) }
    return TemplateFormat(
      name.name, templates, time: preset.time, texts: preset.texts, start: preset.start, isUTCAssumed: preset.isUTCAssumed, captures: captures)
  }

  /// A reader for a format given as nginx's `log_format` or Apache's `LogFormat`, with or without the directive around it. Fails with what
  /// is unknown or missing in it.
  static func make(literal: Bytes) throws(UsageError) -> LogFormat {
    let given = try FormatLiteral(literal)
    // What is made of the text has its own copies.
    defer { withExtendedLifetime(given) {} }
    switch given.syntax {
    case .json: return try JSONFormat.make(literal: given.text)
    case .nginx:
      let (template, time) = try NginxTemplate.read(given.text, isPlain: given.isPlain)
      return TemplateFormat("nginx", [template], time: time, texts: given.isPlain ? .plain : .escaped)
    case .apache:
      let found = try ApacheTemplate.read(given.text)
      return TemplateFormat("apache", [found.template], time: found.time, texts: .escaped, isUTCAssumed: found.isUTCAssumed)
    }
  }
}
