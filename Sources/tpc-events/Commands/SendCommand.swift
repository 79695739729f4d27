// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `send`: one event from flags, or the JSON events of a file, one per line.
struct SendCommand {
  private let arguments: Arguments
  private let digest = LineDigest()

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    let isSingle = arguments.has(.href)
    guard isSingle ? arguments.operands.isEmpty : arguments.operands.count == 1 else {
      throw UsageError("send takes --href URL, or one file of JSON events (- for standard input)")
    }
    guard !arguments.has(.spool) || !arguments.has(.dryRun) && !arguments.has(.timeout) else {
      throw UsageError("--spool: writes to disk; expected without --dry-run and --timeout")
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
    guard let path = arguments.operands.first else { return try SingleEvent(arguments).run() }
    let input = try Input(path)
    let timeoutMilliseconds = try arguments.milliseconds(.timeout)
    // A line may have white space that the event will not have.
    let lines = FileLines(of: input, limit: Limit.eventBytes)
    let writer = arguments.has(.spool) ? try SpoolWriter(arguments) : nil
    let stream = try EventStream(arguments, lines, spooling: writer?.client)
    try writer?.becomeUser()
    let visit = try Visit()
    var blank = 0
    try stream.forEachLine { line in
      guard !line.isBlank else {
        blank += 1
        return true
      }
      return send(line, visit, to: stream)
    }
    let totals = try stream.finish(timeoutMilliseconds: timeoutMilliseconds)
    let summary = Summary(stream)
    summary.row("lines", lines.count, always: true)
    summary.row("transaction marks", stream.confirmation?.marks ?? 0, isPart: true)
    summary.row("blank", blank, isPart: true)
    if stream.isSpooled { summary.spooled(totals) } else { summary.events(totals, isDryRun: stream.isDryRun) }
    return totals.exitCode()
  }

  private func send(_ whole: InputLine, _ visit: Visit, to stream: EventStream) -> Bool {
    var line = whole
    do throws(Failure) {
      guard !line.isTooLong else { throw SendCommand.tooLong }
      if arguments.has(.lineIDs) {
        guard let identified = IdentifiedLine(whole) else { throw SendCommand.noIdentity }
        line = identified.line
        try visit.event.pointee.read(line.text)
        try identify(visit, as: identified)
      } else {
        try visit.event.pointee.read(line.text)
      }
    } catch {
      stream.sendNothing(of: line, because: error)
      return true
    }
    return stream.send(visit, of: line)
  }

  /// Gives an event without an id one that its line will give it again.
  private func identify(_ visit: Visit, as identified: IdentifiedLine) throws(Failure) {
    guard !visit.event.pointee.hasIdentity() else { return }
    var id = ByteBuffer()
    guard LineIdentity.append(identified.line.text, identity: identified.identity, site: Bytes(""), digest, to: &id) else { throw .outOfMemory }
    try visit.event.pointee.set(.eventId, id.bytes)
  }

  private static var noIdentity: Failure {
    Failure(.invalidEvent, field: [], message: [UInt8]("the line ") + [UInt8](IdentifiedLine.missing))
  }

  private static var tooLong: Failure {
    var message = MessageBuilder()
    message.add("found a line of more than ")
    message.add(Limit.eventBytes)
    message.add(" bytes, the most that an event may have")
    return Failure(.tooLarge, field: [], message: message.text)
  }
}
