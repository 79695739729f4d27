// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// How the lines of a log are read. A format may keep what it learns from the lines before, such as a `#Fields:` header.
class LogFormat {
  /// As `--format` takes it.
  let name: StaticString

  init(_ name: StaticString) { self.name = name }

  /// The request that a line is of; nil for a line that the format has for something else, such as a header. The entry's texts are valid until
  /// the next call. Fails for a line that is not in this format.
  func read(_ line: Bytes) throws(UnreadableLine) -> LogEntry? { nil }

  /// The next request of the same line; nil when it has no more. Most formats have one a line.
  func next() throws(UnreadableLine) -> LogEntry? { nil }
}
