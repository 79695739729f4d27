// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `send`: one event from flags, or the JSON events of a file, one per line.
struct SendCommand {
  private var arguments: Arguments
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
    guard !isSingle else {
      if arguments.has(.requests) { throw UsageError("--requests: is for web requests, one a line; expected a file, or - for standard input") }
      return
    }
    try self.arguments.takeOptionsOfFiles()
    for (flag, _) in self.arguments.flags where flag.field != nil || flag == .property {
      throw UsageError(flag: Bytes(flag.name), [UInt8]("describes a single event; expected --href with it"))
    }
    if arguments.clientAddress != nil {
      let message: StaticString = "describes a single event; expected --href with it, or full, truncate, omit"
      throw UsageError(flag: Bytes("client-ip"), [UInt8](message))
    }
    for option in self.arguments.givenOptions where option.isOfRequests && !arguments.has(.requests) {
      throw UsageError(flag: OptionTable.row(option).flagName, "is about web requests; expected --requests with it")
    }
  }

  func run() throws(UsageError) -> ExitCode {
    guard let path = arguments.operands.first else { return try SingleEvent(arguments).run() }
    let input = try Input(path)
    let timeoutMilliseconds = try arguments.milliseconds(.timeout)
    // A line may have white space that the event will not have.
    let lines = FileLines(of: input, limit: Limit.eventBytes)
    let writer = arguments.has(.spool) ? try SpoolWriter(arguments) : nil
    let takesRequests = arguments.has(.requests)
    let stream = try EventStream(arguments, lines, spooling: writer?.client, keeping: .event, makesRequests: takesRequests)
    try writer?.becomeUser()
    let visit = try Visit()
    let requests = takesRequests ? RequestLines(stream) : nil
    var blank = 0
    var hint = LineHint()
    try stream.forEachLine { line in
      guard !line.isBlank else {
        blank += 1
        return true
      }
      if let requests, !line.isTooLong { return requests.send(line) }
      return send(line, visit, &hint, to: stream)
    }
    let totals = stream.finish(timeoutMilliseconds: timeoutMilliseconds)
    hint.finish("tpc-events send -")
    let summary = Summary(stream)
    summary.row("lines", stream.takenLines, always: true)
    summary.row("transaction marks", stream.confirmation?.marks ?? 0, isPart: true)
    summary.row("blank", blank, isPart: true)
    requests?.summarize(summary)
    if stream.isSpooled { summary.spooled(totals) } else { summary.events(totals, isDryRun: stream.isDryRun) }
    let command: StaticString = takesRequests ? "tpc-events send --requests -" : "tpc-events send -"
    StoppedRun(totals, stream, arguments)?.describe(file: input.isFile ? path : nil, command: command, to: summary.output)
    return totals.exitCode(isDamaged: lines.damaged > 0)
  }

  private func send(_ whole: InputLine, _ visit: Visit, _ hint: inout LineHint, to stream: EventStream) -> Bool {
    var line = whole
    // A file of --rejected can be sent as it is.
    if !arguments.has(.lineIDs), let text = LineFile.text(ofRow: line.text, columns: 4) {
      line = InputLine(number: line.number, text: text, isTooLong: line.isTooLong, cutBytes: line.cutBytes)
    }
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
      hint.look(at: line)
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
