// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A line as a text within a collector's JSON: Docker's json-file, Fluent Bit, Vector, Filebeat, Logstash, and journald.
struct WrappedLine {
  /// The text between its quotes, with JSON's escapes.
  let escaped: Bytes
  let isError: Bool
  /// Whether the next line of the stream goes on with it.
  let isPart: Bool

  init?(_ line: Bytes) {
    guard line.first == UInt8(ascii: "{"), JSONSyntax.check(line) == nil else { return nil }
    var members = Members()
    members.read(line)
    guard let text = members.text else { return nil }
    escaped = text
    isError = members.isError
    if let tag = members.tag {
      isPart = tag.matches("P")
    } else {
      // Docker cuts long lines; only the last part ends with a newline.
      isPart = members.isDockers && text.count > 2 && !text.part(text.count - 2, text.count).matches("\\n")
    }
  }

  /// What tells such an object from a log that is in JSON itself: some of those have a `message`, too.
  private struct Members {
    private var log: Bytes?
    private var message: Bytes?
    private var journal: Bytes?
    private var stream: Bytes?
    /// Of Kubernetes' lines, as Fluent Bit reads them.
    private(set) var tag: Bytes?
    private var hasTime = false
    private var isOfCollector = false
    private var hasOthers = false

    var isError: Bool { stream?.matches("stderr") ?? false }

    /// Whether Docker itself wrote it.
    var isDockers: Bool { stream != nil && !hasOthers }

    var text: Bytes? {
      if let log, stream != nil || hasTime { return log }
      if let message, isOfCollector { return message }
      return journal
    }

    mutating func read(_ line: Bytes) {
      var cursor = JSONCursor(line)
      guard cursor.enterObject() else { return }
      while let name = cursor.nextMember() {
        let value = cursor.skipValue()
        take(name, value.first == UInt8(ascii: "\"") ? value.part(1, value.count - 1) : nil)
      }
      // Only journald has this beside a message in capitals.
      if !isOfCollector { journal = nil }
    }

    private mutating func take(_ name: Bytes, _ text: Bytes?) {
      if name.matches("log") {
        log = text
      } else if name.matches("stream") {
        stream = text
      } else if name.matches("time") || name.matches("attrs") {
        // Docker's own, and others' too.
      } else {
        hasOthers = true
        if name.matches("logtag") { tag = text }
        if name.matches("message") { message = text }
        if name.matches("MESSAGE") { journal = text }
        if name.matches("date") || name.matches("@timestamp") { hasTime = true }
        if name.matches("source_type") || name.matches("@version") || name.matches("ecs") || name.matches("agent")
          || name.matches("@metadata") || name.matches("__REALTIME_TIMESTAMP")
        {
          isOfCollector = true
        }
      }
    }
  }
}
