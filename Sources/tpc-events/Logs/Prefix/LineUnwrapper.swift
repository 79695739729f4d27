// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Takes what a collector put around a server's lines away again, and joins the lines that it cut.
struct LineUnwrapper: ~Copyable {
  /// What became of a line.
  enum Outcome {
    /// The server's own line, valid until the next call.
    case line(Bytes)
    /// A part of a line, which is kept until its end comes.
    case part
    /// The end of a line whose parts are longer than the limit together.
    case tooLong
  }

  /// The parts of one stream's line.
  private struct Parts: ~Copyable {
    var text = ByteBuffer()
    var isTooLong = false
    /// Whether the line is complete, so that the next text begins another.
    var isDone = true
  }

  private let prefix: LinePrefix?
  private let limit: Int
  private var output = Parts()
  private var errors = Parts()

  /// `prefix` is what the log's lines have in front; a line without it stays as it is. A joined line of more than `limit` bytes is too
  /// long.
  init(_ prefix: LinePrefix?, limit: Int) {
    self.prefix = prefix
    self.limit = limit
  }

  mutating func unwrap(_ whole: Bytes) -> Outcome {
    let line = LeadingNoise.skip(whole)
    guard let prefix else { return .line(line) }
    switch prefix {
    case .cri:
      guard let found = CRILine(line) else { return .line(line) }
      let text = line.part(found.start, line.count)
      if found.isError { return LineUnwrapper.take(text, found.isPart, isEscaped: false, limit, &errors) }
      return LineUnwrapper.take(text, found.isPart, isEscaped: false, limit, &output)
    case .wrapped:
      guard let found = WrappedLine(line) else { return .line(line) }
      let text = found.escaped
      if found.isError { return LineUnwrapper.take(text, found.isPart, isEscaped: true, limit, &errors) }
      return LineUnwrapper.take(text, found.isPart, isEscaped: true, limit, &output)
    case .syslog5424, .syslog, .compose:
      guard let end = prefix.end(in: line) else { return .line(line) }
      return .line(LeadingNoise.skip(line.part(end, line.count)))
    }
  }

  private static func take(_ text: Bytes, _ isPart: Bool, isEscaped: Bool, _ limit: Int, _ parts: inout Parts) -> Outcome {
    if parts.isDone {
      parts.text.truncate(to: 0)
      parts.isTooLong = false
    }
    // A line that is whole and has nothing to resolve is not copied.
    if !isPart, !isEscaped, parts.text.count == 0, !parts.isTooLong { return .line(LeadingNoise.skip(text)) }
    parts.isDone = !isPart
    let hasRoom = parts.text.count + text.count <= limit + 2
    if !parts.isTooLong {
      parts.isTooLong = !hasRoom || !(isEscaped ? JSONString.decode(text, into: &parts.text) : parts.text.append(text))
    }
    if isPart { return .part }
    return parts.isTooLong ? .tooLong : .line(LeadingNoise.skip(LineUnwrapper.withoutNewline(parts.text.bytes)))
  }

  private static func withoutNewline(_ text: Bytes) -> Bytes {
    var end = text.count
    while end > 0, text[end - 1] == 0x0A || text[end - 1] == 0x0D { end -= 1 }
    return text.part(0, end)
  }
}
