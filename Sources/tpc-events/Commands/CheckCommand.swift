// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `check`: one verdict a line, for exactly as many lines as were read.
struct CheckCommand {
  private let limit: Int
  private let isBase64: Bool
  private let input: Input
  private let visit: Visit

  init(_ arguments: Arguments) throws(UsageError) {
    guard arguments.operands.count <= 1 else { throw UsageError("check takes one file, or - for standard input") }
    limit = Int(arguments.options.integer(.maxEventBytes))
    isBase64 = arguments.has(.base64)
    input = try Input(arguments.operands.first ?? Bytes("-"))
    visit = try Visit()
  }

  func run() throws(UsageError) -> ExitCode {
    let output = Output.standard
    // Base64 has four characters for three bytes, and a carriage return may follow.
    let lines = FileLines(of: input, limit: isBase64 ? (limit + 2) / 3 * 4 + 1 : limit)
    // A program that writes one line at a time gets each verdict before the next line is waited for.
    lines.wait.whileWaiting = {
      output.flush()
      return !output.isBroken
    }
    var isAllValid = true
    var decoded = ByteBuffer()
    var hint = LineHint()
    try lines.forEach { line in
      if let failure = line.isTooLong ? tooLong : isBase64 ? check(base64: line, &decoded) : check(line.text) {
        isAllValid = false
        hint.look(at: line)
        CheckCommand.put(failure, to: output)
      } else {
        output.put("valid\n")
      }
      return true
    }
    output.flush()
    hint.finish("tpc-events check")
    return output.isBroken ? .usage : isAllValid && lines.damaged == 0 ? .success : .refused
  }

  private static func put(_ failure: Failure, to output: Output) {
    output.put("invalid\t")
    output.put(printable: failure.field)
    output.put("\t")
    output.put(printable: failure.message)
    output.put("\n")
  }

  private func check(_ text: Bytes) -> Failure? {
    do throws(Failure) {
      try visit.event.pointee.read(text)
      return nil
    } catch {
      return error
    }
  }

  private func check(base64 line: InputLine, _ decoded: inout ByteBuffer) -> Failure? {
    decoded.truncate(to: 0)
    if let flaw = Base64Line.decode(line.textWithoutCarriageReturn, into: &decoded) { return Failure(.invalidJSON, field: [], flaw: flaw) }
    return decoded.count > limit ? tooLong : check(decoded.bytes)
  }

  private var tooLong: Failure {
    var message = MessageBuilder()
    message.add("found a longer line; expected at most ")
    message.add(limit)
    message.add(" bytes (max_event_bytes)")
    return Failure(.tooLarge, field: [], message: message.text)
  }
}
