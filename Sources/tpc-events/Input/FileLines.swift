// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The lines of files, one after another. Each may be compressed.
final class FileLines: InputLines {
  private let inputs: [Input]
  private let limit: Int
  /// The number of the last line before each file that was begun.
  private var starts: [Int] = []
  private var reader: LineReader?
  /// The bytes of all files, when that is known, and of those that were read.
  private let totalBytes: Int?
  private var finishedBytes = 0
  /// How many files could not be read to their end.
  private var faulty = 0
  override var damaged: Int { faulty }

  /// How many files were begun.
  override var files: Int { starts.count }

  /// Called before the first line of each file.
  var begins: (LineReader, Input) throws(UsageError) -> Void = { (_, _) throws(UsageError) in }
  /// Whether a server may be the one who writes the pipe.
  var isLog = false
  override var endsWithItsWriter: Bool { isLog && inputs.count == 1 && inputs[0].descriptor == 0 && inputs[0].isPipe }

  /// Called before a message about a file.
  var willComplain: () -> Void = {}

  /// A line of more than `limit` bytes is too long.
  init(of inputs: [Input], limit: Int) {
    self.inputs = inputs
    self.limit = limit
    var total: Int? = 0
    for input in inputs {
      if let size = input.size, let sum = total { total = sum + size } else { total = nil }
    }
    totalBytes = total
  }

  convenience init(of input: Input, limit: Int) { self.init(of: [input], limit: limit) }

  override func forEach(_ take: (InputLine) -> Bool) throws(UsageError) {
    for input in inputs {
      starts.append(count)
      let reader = LineReader(DetectedSource(input.descriptor, wait), limit: limit)
      self.reader = reader
      try begins(reader, input)
      guard try forEach(of: input, reader, take) else { return }
      if let notice = reader.source.notice { complain(about: input, notice) }
      finishedBytes += input.size ?? 0
      self.reader = nil
    }
  }

  /// `false` when the reading was stopped.
  private func forEach(of input: Input, _ reader: LineReader, _ take: (InputLine) -> Bool) throws(UsageError) -> Bool {
    while true {
      let line = reader.next()
      if let goesOn = hand(line, of: reader, to: take) {
        if goesOn { continue }
        return false
      }
      switch line {
      case .failed(let error): throw input.failure(error)
      case .damaged(let reason):
        faulty += 1
        complain(about: input, reason)
        return true
      case .stopped: return false
      case .end, .text, .tooLong: return true
      }
    }
  }

  override var fraction: Double? {
    guard let totalBytes, totalBytes > 0 else { return nil }
    return min(1, Double(finishedBytes + (reader?.consumed ?? 0)) / Double(totalBytes))
  }

  override func isRead(_ descriptor: Int32) -> Bool { inputs.contains { $0.isSame(as: descriptor) } }

  override func place(of number: Int) -> LinePlace {
    guard inputs.count > 1 else { return super.place(of: number) }
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if starts[middle] < number { low = middle } else { high = middle }
    }
    guard low < starts.count else { return super.place(of: number) }
    return LinePlace(file: inputs[low].name, number: number - starts[low])
  }

  /// "a.gz, after line 17: is cut off …".
  private func complain(about input: Input, _ what: StaticString) {
    willComplain()
    let output = Output.error
    output.put("tpc-events: ")
    output.put(printable: input.name)
    output.put(" ")
    output.put(what)
    output.put("; ")
    output.put(grouped: count - (starts.last ?? 0))
    output.put(" lines were read of it\n")
    output.flush()
  }
}
