// SPDX-License-Identifier: Apache-2.0

import TPCCore

final class ColumnFormat: LogFormat {
  static func make(_ name: FormatName) -> LogFormat { ColumnFormat(name.name) }

  override func read(_ line: Bytes) throws(UnreadableLine) -> LogEntry? { throw UnreadableLine(reason: "is in a format that is not read yet") }
}
