// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The lines of a log that cannot be read: the first few are shown, and all are kept in the file of `--unreadable`.
final class UnreadableLines {
  let complaints = Complaints("lines that cannot be read")
  private let file: RejectedFile?
  private let progress: Progress
  private let lines: InputLines

  init(_ arguments: Arguments, besides lines: InputLines, _ progress: Progress) throws(UsageError) {
    self.progress = progress
    self.lines = lines
    if let path = arguments.value(.unreadable) { file = try RejectedFile(path, .unreadable, besides: lines) } else { file = nil }
  }

  var count: Int { complaints.count }

  func add(_ line: InputLine, _ reason: [UInt8]) {
    progress.clear()
    let place = lines.place(of: line.number)
    reason.withUnsafeBufferPointer {
      complaints.add(line: place.number, of: place.file, pointer: Bytes(""), reason: $0)
      file?.write(place, reason: $0, text: line.text)
    }
  }

  func finish() throws(UsageError) { try file?.finish() }

  static var tooLong: [UInt8] {
    var message = MessageBuilder()
    message.add("is longer than ")
    message.add(LogLine.longest)
    message.add(" bytes")
    return message.text
  }
}
