// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The lines of a log that cannot be read: the first few are shown, and all are kept in the file of `--unreadable`.
final class UnreadableLines {
  let complaints = Complaints("lines that cannot be read")
  private let file: LineFile?
  private let progress: Progress
  private let lines: InputLines


  /// For a run that sends: the stream closes the file.
  init(_ arguments: Arguments, _ stream: EventStream) throws(UsageError) {
    progress = stream.progress
    lines = stream.lines
    file = try stream.openFile(.unreadable, columns: 3, arguments)
  }

  /// For a run that only reads; `finish` closes the file.
  init(_ arguments: Arguments, _ lines: InputLines, _ progress: Progress, _ interruption: Interruption) throws(UsageError) {
    self.progress = progress
    self.lines = lines
    file = try LineFile.make(.unreadable, columns: 3, arguments, besides: lines, interruption)
  }

  var count: Int { complaints.count }

  func add(_ line: InputLine, _ reason: [UInt8]) {
    progress.clear()
    let place = lines.place(of: line.number)
    reason.withUnsafeBufferPointer {
      complaints.add(line: place.number, of: place.file, pointer: Bytes(""), reason: $0)
      file?.write(place, $0, text: line.text, cutBytes: line.cutBytes)
    }
  }

  /// `false` when not all lines could be kept, which has been reported.
  func finish() -> Bool { file?.finish() ?? true }

  static var tooLong: [UInt8] {
    var message = MessageBuilder()
    message.add("is longer than ")
    message.add(LogLine.longest)
    message.add(" bytes")
    return message.text
  }
}
