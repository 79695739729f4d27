// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `send`: one event from flags, or the JSON events of a file, one a line.
struct SendCommand {
  private let arguments: Arguments

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    let isSingle = arguments.has(.href)
    guard isSingle ? arguments.words.isEmpty : arguments.words.count == 1 else {
      throw UsageError("send takes --href URL, or one file of JSON events (- for standard input)")
    }
    guard !isSingle else { return }
    for (flag, _) in arguments.flags where flag.field != nil || flag == .property {
      throw UsageError(flag: Bytes(flag.name), [UInt8]("describes a single event; expected --href with it"))
    }
    if arguments.clientAddress != nil {
      let message: StaticString = "describes a single event; expected --href with it, or full, truncate, omit"
      throw UsageError(flag: Bytes("client-ip"), [UInt8](message))
    }
  }

  func run() throws(UsageError) -> ExitCode {
    guard let path = arguments.words.first else { return try SingleEvent(arguments).run() }
    let input = try Input(path)
    let timeout = try arguments.milliseconds(.timeout)
    // A line may have white space that the event will not have.
    let reader = LineReader(descriptor: input.descriptor, limit: Limit.eventBytes)
    let stream = try EventStream(arguments, input, reader)
    let visit = try Visit()
    var lines = 0
    var blank = 0
    reading: while true {
      switch reader.next() {
      case .text(let line):
        lines += 1
        if SendCommand.isBlank(line) {
          blank += 1
        } else if !send(line, lines, visit, stream) {
          break reading
        }
      case .tooLong:
        lines += 1
        stream.sendNothing(lines, SendCommand.tooLong, Bytes(""))
      case .failed(let error):
        _ = try stream.finish(timeout: 0)
        throw input.failure(error)
      case .end, .stopped: break reading
      }
    }
    let totals = try stream.finish(timeout: timeout)
    let summary = Summary(stream)
    summary.row("lines", lines, always: true)
    summary.row("blank", blank, isPart: true)
    summary.events(totals, isDryRun: stream.isDryRun)
    return totals.exitCode(unreadable: 0)
  }

  private func send(_ line: Bytes, _ number: Int, _ visit: Visit, _ stream: EventStream) -> Bool {
    do throws(Failure) {
      try visit.event.pointee.read(line)
    } catch {
      stream.sendNothing(number, error, line)
      return true
    }
    return stream.send(visit, number, line)
  }

  static func isBlank(_ line: Bytes) -> Bool { line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  private static let tooLong = Failure(.tooLarge, "found a line above 1048576 bytes, the most that an event may have")
}
