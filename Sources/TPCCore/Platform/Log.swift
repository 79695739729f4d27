// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Lines for the host's operator, each in one `write`. Callers put in codes, counts and host names; never a credential, a
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
  func write(_ level: Level, _ compose: (inout Sentence) -> Void) {
    guard level <= self.level, level != .off else { return }
    var line = Sentence()
    line.add("tpc: ")
    line.add(level.label)
    line.add(": ")
    compose(&line)
    line.add("\n")
    let saved = tpc_posix_errno()
    defer { tpc_posix_set_errno(saved) }
    // A full pipe loses the line rather than hold up the sender; a broken one would mean SIGPIPE for a thread of the host's.
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&ready, 1, 0) == 1, ready.revents == Int16(POLLOUT) else { return }
    _ = line.text.withUnsafeBytes { CPOSIX.write(descriptor, $0.baseAddress, $0.count) }
  }
}
