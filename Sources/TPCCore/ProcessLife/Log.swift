// SPDX-License-Identifier: Apache-2.0

/// Writes log lines for the host's operator, each in a single write. Callers pass codes, counts and host names; never a
/// credential, a body or a URL's path.
package struct Log {
  package enum Level: Int, Comparable {
    case off, error, warn, info, debug

    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

    var label: StaticString {
      switch self {
      case .off: "off"
      case .error: "error"
      case .warn: "warn"
      case .info: "info"
      case .debug: "debug"
      }
    }
  }

  let level: Level
  /// Where lines go; -1 for lines that `KeptLines` keeps until the host takes them.
  let descriptor: Int32

  /// Writes a line if its level is enabled; `compose` is only called then.
  func write(_ level: Level, _ compose: (inout MessageBuilder) -> Void) {
    guard level <= self.level, level != .off else { return }
    var words = MessageBuilder()
    compose(&words)
    write(level, words)
  }

  @inline(never)
  private func write(_ level: Level, _ words: MessageBuilder) {
    var line = MessageBuilder()
    line.add(level.label)
    line.add(": ")
    words.text.withUnsafeBufferPointer { line.add(printable: $0.part(0, UTF8Text.cut($0, to: Log.maximumBytes))) }
    line.text.withUnsafeBufferPointer {
      if descriptor >= 0 || !KeptLines.keep($0) { Log.write($0, to: descriptor) }
    }
  }

  /// Writes a line that begins with its level; to standard error when the descriptor is -1.
  @inline(never)
  static func write(_ words: Bytes, to descriptor: Int32) {
    var line = MessageBuilder()
    line.add("tpc: ")
    line.add(words)
    line.add("\n")
    line.text.withUnsafeBufferPointer { LineOutput.write($0, to: descriptor < 0 ? 2 : descriptor) }
  }

  /// The longest message. With everything that is added to it, a line still fits what a pipe takes in one piece
  /// (PIPE_BUF).
  private static let maximumBytes = 500
}
