// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The lines of access logs: counts those in which there is nothing to read, and reports those that cannot be read.
final class LogLines {
  /// No server takes a request line or header of this length by default; a longer line is something else.
  static let longest = 256 * 1024

  let unreadable = Complaints("lines that cannot be read")
  private(set) var count = 0
  private(set) var blank = 0
  private let progress: Progress

  /// `progress` is what may be on the terminal when a line is reported.
  init(_ progress: Progress) { self.progress = progress }

  /// The line to be read, without its end; nil after counting one that is blank or too long.
  func readable(_ line: InputLine) -> InputLine? {
    count += 1
    if line.isTooLong {
      LogLines.tooLong.withUnsafeBufferPointer { complain(about: line, $0) }
      return nil
    }
    if line.isBlank {
      blank += 1
      return nil
    }
    return InputLine(number: line.number, text: line.textWithoutCarriageReturn)
  }

  func complain(about line: InputLine, _ reason: Bytes) {
    progress.clear()
    unreadable.add(line: line.number, pointer: Bytes(""), reason: reason)
  }

  private static var tooLong: [UInt8] {
    var message = MessageBuilder()
    message.add("is longer than ")
    message.add(longest)
    message.add(" bytes")
    return message.text
  }
}
