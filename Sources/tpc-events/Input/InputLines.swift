// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A numbered line of an input.
struct InputLine {
  /// Counts from 1, over all files of a run.
  let number: Int
  /// The line without its newline, valid until the next one is read; the beginning of one that is too long.
  let text: Bytes
  /// Whether the line is longer than the limit for this input.
  var isTooLong = false
  /// How many bytes of the line are not in `text`.
  var cutBytes = 0
  /// Whether it has no newline: the last line of an input that ends with it, or that is still being written.
  var isUnterminated = false
  /// What identifies the line, unless its text does.
  var identity: Bytes? = nil

  var isBlank: Bool { !isTooLong && text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  /// The text as a program on Windows wrote it, without the carriage return before the newline.
  var textWithoutCarriageReturn: Bytes { text.last == 0x0D ? text.part(0, text.count - 1) : text }
}

/// Where a line is, for the person who looks for it.
struct LinePlace {
  /// Empty where there is only one file.
  let file: Bytes
  /// Counts from 1, within the file.
  let number: Int

  init(file: Bytes = Bytes(start: nil, count: 0), number: Int) { (self.file, self.number) = (file, number) }
}

/// The lines of files or of standard input: the one loop in which every command reads its input.
class InputLines {
  let wait = InputWait()
  /// How many lines were read.
  final private(set) var count = 0

  /// How many files were begun, and how many could not be read to their end.
  var files: Int { 1 }
  var damaged: Int { 0 }

  /// Hands each line to `take`, until there are no more, `take` returns false, or waiting for input is stopped. Fails when an input
  /// cannot be read.
  func forEach(_ take: (InputLine) -> Bool) throws(UsageError) {}

  /// How much of it was read, from 0 to 1, when that is known.
  var fraction: Double? { nil }

  /// Whether the input is to be read to its end even after SIGTERM.
  var endsWithItsWriter: Bool { false }

  /// Whether a descriptor is of one of the files.
  func isRead(_ descriptor: Int32) -> Bool { false }

  /// Where the line of a number is.
  func place(of number: Int) -> LinePlace { LinePlace(number: number) }

  /// Called from time to time: every line up to this one is answered for.
  func answered(through number: Int) {}

  /// Hands the next line to `take`; nil for anything that is not a line.
  final func hand(_ found: LineReader.Line, of reader: LineReader, identity: Bytes? = nil, to take: (InputLine) -> Bool) -> Bool? {
    var line: InputLine
    switch found {
    case .text(let text): line = InputLine(number: count + 1, text: text, isUnterminated: reader.endedWithoutNewline)
    case .tooLong(let text, let length): line = InputLine(number: count + 1, text: text, isTooLong: true, cutBytes: length - text.count)
    case .end, .failed, .damaged, .stopped: return nil
    }
    line.identity = identity
    count += 1
    return take(line)
  }
}
