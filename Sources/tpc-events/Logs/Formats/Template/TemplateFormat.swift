// SPDX-License-Identifier: Apache-2.0

import TPCCore

final class TemplateFormat: LogFormat {
  static func make(_ name: FormatName) -> LogFormat { TemplateFormat(name.name) }

  static func make(literal: Bytes) throws(UsageError) -> LogFormat { throw UsageError("--format: literals are not read yet") }

  override func read(_ line: Bytes) throws(UnreadableLine) -> LogEntry? { throw UnreadableLine(reason: "is in a format that is not read yet") }
}
