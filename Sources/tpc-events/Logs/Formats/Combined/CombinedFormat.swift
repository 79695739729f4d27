// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The access logs of Apache and nginx: common, combined and vhost_combined format, and what is written after these.
final class CombinedFormat: LogFormat {
  private var builder = EntryBuilder(time: .combined, texts: .escaped)

  override func read(_ text: Bytes) throws(UnreadableLine) -> LogEntry? {
    let line = try CombinedLine(text)
    var entry = try builder.entry(line.fields)
    entry.notice = line.notice
    return entry
  }
}
