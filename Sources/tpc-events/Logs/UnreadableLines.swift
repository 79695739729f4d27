// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The lines of a log that cannot be read: the first few are shown, and all are kept in the file of `--unreadable`.
final class UnreadableLines {
  let complaints = Complaints("lines that cannot be read")
  private let file: RejectedFile?
  private let progress: Progress

  init(_ arguments: Arguments, besides input: Input, _ progress: Progress) throws(UsageError) {
    self.progress = progress
    if let path = arguments.value(.unreadable) { file = try RejectedFile(path, .unreadable, besides: input) } else { file = nil }
  }

  var count: Int { complaints.count }

  func add(_ line: InputLine, _ reason: [UInt8]) {
    progress.clear()
    reason.withUnsafeBufferPointer {
      complaints.add(line: line.number, pointer: Bytes(""), reason: $0)
      file?.write(line: line.number, reason: $0, text: line.text)
    }
  }

  func finish() throws(UsageError) { try file?.finish() }

  static var tooLong: [UInt8] {
    var message = MessageBuilder()
    message.add("is longer than ")
    message.add(LogReader.longestLine)
    message.add(" bytes")
    return message.text
  }
}
