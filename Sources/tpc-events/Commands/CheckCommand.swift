// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `check`: a verdict a line, on exactly as many lines as were read.
struct CheckCommand {
  private let limit: Int
  private let isBase64: Bool
  private let input: Input
  private let visit: Visit

  init(_ arguments: Arguments) throws(UsageError) {
    guard arguments.words.count <= 1 else { throw UsageError("check takes one file, or - for standard input") }
    limit = Int(arguments.options.integer(.maxEventBytes))
    isBase64 = arguments.has(.base64)
    input = try Input(arguments.words.first ?? Bytes("-"))
    visit = try Visit()
  }

  func run() throws(UsageError) -> ExitCode {
    let output = Output.standard
    // Base64 has four characters for three bytes, and a carriage return may follow.
    let reader = LineReader(descriptor: input.descriptor, limit: isBase64 ? (limit + 2) / 3 * 4 + 1 : limit)
    // Whoever feeds line by line gets each verdict before the next line is waited for.
    reader.whileWaiting = {
      output.flush()
      return !output.isBroken
    }
    var isAllValid = true
    var decoded = ByteBuffer()
    while true {
      let failure: Failure?
      switch reader.next() {
      case .text(let line): failure = isBase64 ? check(base64: line, &decoded) : check(line)
      case .tooLong: failure = tooLong
      case .failed(let error): throw input.failure(error)
      case .end, .stopped:
        output.flush()
        return output.isBroken ? .usage : isAllValid ? .success : .refused
      }
      if let failure {
        isAllValid = false
        output.put("invalid\t")
        output.put(printable: failure.field)
        output.put("\t")
        output.put(printable: failure.message)
        output.put("\n")
      } else {
        output.put("valid\n")
      }
    }
  }

  private func check(_ line: Bytes) -> Failure? {
    do throws(Failure) {
      try visit.event.pointee.read(line)
      return nil
    } catch {
      return error
    }
  }

  private func check(base64 line: Bytes, _ decoded: inout ByteBuffer) -> Failure? {
    decoded.truncate(to: 0)
    let text = line.last == 0x0D ? line.part(0, line.count - 1) : line
    if let flaw = Base64.decode(text, into: &decoded) { return Failure(.invalidJSON, field: [], flaw: flaw) }
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
