// SPDX-License-Identifier: Apache-2.0

/// Lines for the host's operator, each in one write. Callers put in codes, counts and host names; never a credential, a
/// body or a URL's path.
public struct Log {
  public enum Level: Int, Comparable {
    case off, error, warn, info, debug

    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

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
  let descriptor: Int32

  /// `compose` is called only when the level is logged.
  func write(_ level: Level, _ compose: (inout MessageBuilder) -> Void) {
    guard level <= self.level, level != .off else { return }
    var words = MessageBuilder()
    compose(&words)
    write(level, words)
  }

  @inline(never)
  private func write(_ level: Level, _ words: MessageBuilder) {
    var line = MessageBuilder()
    line.add("tpc: ")
    line.add(level.label)
    line.add(": ")
    words.text.withUnsafeBufferPointer { line.add(printable: $0.part(0, UTF8Text.cut($0, to: Log.longest))) }
    line.add("\n")
    line.text.withUnsafeBufferPointer { LineOutput.write($0, to: descriptor) }
  }

  /// Bytes of a line: with what may be added to them still within what a pipe takes whole (PIPE_BUF).
  private static let longest = 500
}
