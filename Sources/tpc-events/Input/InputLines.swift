// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A numbered line of an input.
struct InputLine {
  /// Counts from 1.
  let number: Int
  /// The line without its newline, valid until the next one is read; empty when the line is too long.
  let text: Bytes
  /// Whether the line is longer than the limit for this input.
  var isTooLong = false
  /// Whether it has no newline: the last line of an input that ends with it, or that is still being written.
  var isUnterminated = false
  /// What tells it from every other line, where somebody knows it; else its text does.
  var identity: Bytes?

  var isBlank: Bool { !isTooLong && text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  /// The text as a program on Windows wrote it, without the carriage return before the newline.
  var textWithoutCarriageReturn: Bytes { text.last == 0x0D ? text.part(0, text.count - 1) : text }
}

/// The lines of a file or of standard input: the one loop in which every command reads its input.
final class InputLines {
  let input: Input
  let reader: LineReader
  /// How many lines were read.
  private(set) var count = 0

  /// A line of more than `limit` bytes is too long.
  init(of input: Input, limit: Int) {
    self.input = input
    reader = LineReader(descriptor: input.descriptor, limit: limit)
  }

  /// Hands each line to `take`, until there are no more, `take` returns false, or the reader's `whileWaiting` stops the
  /// reading. Fails when the input cannot be read.
  func forEach(_ take: (InputLine) -> Bool) throws(UsageError) {
    while true {
      let line: InputLine
      switch reader.next() {
      case .text(let text): line = InputLine(number: count + 1, text: text, isUnterminated: reader.endedWithoutNewline)
      case .tooLong: line = InputLine(number: count + 1, text: Bytes(""), isTooLong: true)
      case .failed(let error): throw input.failure(error)
      case .end, .stopped: return
      }
      count += 1
      if !take(line) { return }
    }
  }
}
