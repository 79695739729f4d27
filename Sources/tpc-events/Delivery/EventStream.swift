// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Sends the events of many lines to the endpoint at full speed, or prints them for `--dry-run`. Knows the line of each event
/// until its report has come, and accounts for every one.
final class EventStream {
  private enum Destination {
    case endpoint(Client)
    case spool(Client)
    case output(EventPreview)
    /// A client that only makes the events of web requests.
    case rehearsal(Client)
  }

  /// What is written to the file of --rejected for an event that was not delivered.
  enum Kept {
    /// The line that it was made of.
    case line
    /// The event as it was sent, with its id, so that sending it again can be told to be a repetition.
    case event
  }

  private let destination: Destination
  let lines: InputLines
  private let interruption = Interruption()
  private var rejected: LineFile?
  /// Those that the run writes: each is flushed now and then, and finished at the end.
  private var files: [LineFile] = []
  private let kept: Kept
  private let complaints = Complaints("events that were not delivered")
  private let outstanding = OutstandingLines()
  private var answered = AnsweredLines()
  let confirmation: Confirmation?
  private let nothingExpires: Bool
  private let reportCapacity: Int
  let progress = Progress()
  private let watch = Stopwatch()
  private(set) var counts = EventCounts()
  private var id = ByteBuffer()
  private var sinceTick = 0
  private var patience: Patience
  private var flushed = Stopwatch()
  /// The last answer to an event that was not delivered; 0 for none.
  private var httpStatus = 0
  private(set) var stop: StreamStop?
  private var hasLineLeft = false
  /// Whether the run ends when the endpoint refuses everything, and has taken nothing yet.
  var endsWhenMisconfigured: Bool

  /// Every line up to this one is answered for: its events were delivered or rejected, or it made none. Events that expired or were
  /// abandoned, and those of a run that was interrupted, are not answered for.
  var answeredThrough: Int { answered.answeredThrough }

  private static let flushMilliseconds = 1_000
  /// How many lines may follow one that is not answered. Each takes a few bytes.
  private static let mostKept = 1 << 20
  private static let waitMilliseconds = 200
  /// How long a disk may fail before events are given up.
  private var diskPatience = 3_000
  /// How long an interrupted run waits for what is pending.
  private static let interruptedSeconds = 5

  /// With a client that only writes, events are put into its spool. `makesRequests` is for lines that are web requests. Where the
  /// lines are kept elsewhere until they are answered for, `nothingExpires`: an event waits for as long as the core can, whatever
  /// delivery_timeout_ms is, and if even that is not long enough, the run ends, so that a later one reads the line again.
  init(
    _ arguments: Arguments, _ lines: InputLines, spooling client: Client? = nil, keeping kept: Kept = .line, makesRequests: Bool = false,
    nothingExpires: Bool = false
  ) throws(UsageError) {
    self.lines = lines
    self.kept = kept
    patience = Patience(milliseconds: try arguments.milliseconds(.timeout))
    confirmation = try Confirmation.make(arguments)
    self.nothingExpires = nothingExpires || confirmation != nil
    endsWhenMisconfigured = !self.nothingExpires
    var options = arguments.options
    // A report for every event that may be pending, so that none is lost.
    reportCapacity = Int(min(max(options.integer(.queueMaxEvents), options.integer(.reportCapacity)), 10_000_000))
    do throws(Failure) {
      if arguments.has(.dryRun) {
        if makesRequests {
          try options.set(.dryRun, Bytes("true"))
          destination = .rehearsal(try Client(options))
        } else {
          destination = .output(try EventPreview(options))
        }
      } else if let client {
        destination = .spool(client)
      } else {
        var capacity = ByteBuffer()
        _ = capacity.append(decimal: reportCapacity)
        try options.set(.reportCapacity, capacity.bytes)
        if self.nothingExpires { try options.setLongestDeliveryTimeout() }
        destination = .endpoint(try Client(options))
      }
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    lines.wait.wakeDescriptor = interruption.descriptor
    // Reader and stream hold each other for as long as the process runs.
    lines.wait.whileWaiting = { self.tick() }
    rejected = try openFile(.rejected, columns: 4, arguments)
  }

  /// Opens the file that a flag names, for rows of so many columns; nil without the flag.
  func openFile(_ flag: Flag, columns: Int, _ arguments: Arguments) throws(UsageError) -> LineFile? {
    guard let file = try LineFile.make(flag, columns: columns, arguments, besides: lines, interruption) else { return nil }
    files.append(file)
    return file
  }

  var isDryRun: Bool {
    switch destination {
    case .output, .rehearsal: return true
    case .endpoint, .spool: return false
    }
  }

  /// The client that makes events of web requests; nil without one.
  var requestClient: Client? {
    switch destination {
    case .endpoint(let client), .spool(let client), .rehearsal(let client): return client
    case .output: return nil
    }
  }

  /// Whether the events are only written to a spool.
  var isSpooled: Bool {
    if case .spool = destination { return true }
    return false
  }

  /// How many lines were taken, which are the first ones of the input.
  var takenLines: Int { hasLineLeft ? lines.count - 1 : lines.count }

  // MARK: Events

  /// Hands each line of the input to `take`, until there are no more or `take` returns false. Closes without waiting when the
  /// input cannot be read.
  func forEachLine(_ take: (InputLine) -> Bool) throws(UsageError) {
    if let confirmation, !confirmation.isReady() { return }
    // Lines that are not confirmed are sent again, so nothing is lost if the run ends at once.
    interruption.leavesTermination = lines.endsWithItsWriter && confirmation == nil
    defer { interruption.leavesTermination = false }
    do throws(UsageError) {
      try lines.forEach { line in
        guard let confirmation else { return process(line, take) }
        switch confirmation.demand(of: line) {
        case .nothing: return process(line) { _ in confirmation.confirm() }
        case .allBefore:
          _ = process(line) { _ in true }
          return waitForAnswers(through: line.number) && confirmation.confirm()
        case .line:
          guard process(line, take) else { return false }
          if confirmation.isDeferred { return confirmation.confirm(deferred: true) }
          return waitForAnswers(through: line.number) && confirmation.confirm()
        case .wholeLine:
          (stop, hasLineLeft) = (stop ?? .cut, true)
          sayCut(line)
          return false
        }
      }
    } catch {
      _ = end(timeoutMilliseconds: 0)
      // An input that could not be read at all leaves an earlier run's file as it is.
      if lines.count > 0 { for file in files { _ = file.finish() } }
      throw error
    }
  }

  private func sayCut(_ line: InputLine) {
    progress.clear()
    Output.error.put("tpc-events: line ")
    Output.error.put(line.number)
    Output.error.put(" has no newline, so it may be cut; it was not sent, and not confirmed\n")
    Output.error.flush()
  }

  private func process(_ line: InputLine, _ take: (InputLine) -> Bool) -> Bool {
    answered.begin(line.number)
    let goesOn = take(line)
    answered.answer(line.number)
    return goesOn
  }

  /// Waits until every line up to this one is answered for. `false` when the run ends first.
  private func waitForAnswers(through number: Int) -> Bool {
    guard case .endpoint(let client) = destination else { return true }
    while answeredThrough < number {
      guard stop == nil, confirmation?.isAlone != true else { return false }
      wait(for: client)
    }
    return true
  }

  /// Sends the event of a line, after waiting for room in the queue. `false` when the run was interrupted.
  func send(_ visit: Visit, of line: InputLine) -> Bool { send(visit.event, of: line) }

  func send(_ visit: UnsafeMutablePointer<PageVisit>, of line: InputLine) -> Bool {
    counts.events += 1
    do throws(Failure) {
      switch destination {
      case .output(let preview): try show(visit, with: preview)
      case .rehearsal(let client):
        let (body, leftOut) = try client.body(of: visit.pointee)
        show(leftOut == nil ? body : nil)
      case .endpoint(let client): try send(visit, of: line, with: client)
      case .spool(let client):
        if case .queued = try write(visit, with: client) {} else { counts.leftOut += 1 }
      }
    } catch {
      // A line for which there was no room is one of those with which the run is to go on.
      if stop != nil, error.status == .closed {
        counts.events -= 1
        hasLineLeft = true
        answered.hold(line.number)
      } else {
        // Of an event that did not come to the endpoint's queue or onto the disk, nothing is known.
        if error.status == .closed || error.status == .system { answered.hold(line.number) }
        refuse(line, error)
      }
    }
    sinceTick += 1
    return stop == nil && (sinceTick < 64 || tick())
  }

  private func send(_ visit: UnsafeMutablePointer<PageVisit>, of line: InputLine, with client: Client) throws(Failure) {
    id.truncate(to: 0)
    try visit.pointee.identify(into: &id)
    var text = line.text
    var completed: Bytes?
    if rejected != nil, case .event = kept {
      let (body, leftOut) = try client.body(of: visit.pointee)
      guard leftOut == nil else {
        counts.leftOut += 1
        return
      }
      // These very bytes are sent: their time is not that of another call.
      (text, completed) = (body, body)
    }
    switch try track(visit, completed, with: client) {
    case .queued:
      answered.hold(line.number)
      outstanding.add(id: id.bytes, number: line.number, text: rejected == nil ? nil : text)
    case .sampledOut, .leftOut, .disabled: counts.leftOut += 1
    }
  }

  /// Counts and reports a line from which no event could be built.
  func sendNothing(of line: InputLine, because failure: Failure) {
    counts.events += 1
    refuse(line, failure)
  }

  private func show(_ visit: UnsafeMutablePointer<PageVisit>, with preview: EventPreview) throws(Failure) {
    var json = ByteBuffer()
    show(try preview.append(visit.pointee, to: &json) ? json.bytes : nil)
  }

  /// Nil for an event that the options leave out.
  private func show(_ json: Bytes?) {
    guard let json else {
      counts.leftOut += 1
      return
    }
    counts.shown += 1
    Output.standard.put(json: json)
    Output.standard.put("\n")
  }

  /// Waits while there may be more events in the queue than reports can be kept for, and while the queue is full.
  private func track(_ visit: UnsafeMutablePointer<PageVisit>, _ json: Bytes?, with client: Client) throws(Failure) -> TrackResult {
    while outstanding.count >= reportCapacity || answered.kept >= EventStream.mostKept, stop == nil { wait(for: client) }
    while true {
      if stop != nil { throw .closed }
      do throws(Failure) {
        if let json { return try client.track(json: json) }
        return try client.track(visit.pointee)
      } catch {
        // An event for which the whole queue is too small would wait forever.
        guard error.status == .queueFull, outstanding.count > 0 else { throw error }
        let enough = outstanding.count - max(1, outstanding.count / 8)
        while outstanding.count > enough, stop == nil { wait(for: client) }
      }
    }
  }

  /// Writes an event into the spool. A disk that fails is given some time, once a run: there may be a million lines.
  private func write(_ visit: UnsafeMutablePointer<PageVisit>, with client: Client) throws(Failure) -> TrackResult {
    while true {
      do throws(Failure) {
        return try client.track(visit.pointee)
      } catch {
        guard error.status == .system, diskPatience > 0, !interruption.check() else { throw error }
        diskPatience -= EventStream.waitMilliseconds
        interruption.wait(milliseconds: EventStream.waitMilliseconds)
      }
    }
  }

  private func refuse(_ line: InputLine, _ failure: Failure) {
    if isSpooled && failure.status == .system { counts.unwritten += 1 } else { counts.refused += 1 }
    failure.field.withUnsafeBufferPointer { pointer in
      failure.message.withUnsafeBufferPointer { reason in
        complain(line: line.number, pointer: pointer, reason: reason, text: line.text, cutBytes: line.cutBytes)
      }
    }
  }

  private func complain(line number: Int, pointer: Bytes, reason: Bytes, text: Bytes, cutBytes: Int = 0) {
    progress.clear()
    let place = lines.place(of: number)
    complaints.add(line: place.number, of: place.file, pointer: pointer, reason: reason)
    rejected?.write(place, pointer, reason, text: text, cutBytes: cutBytes)
  }

  // MARK: Reports

  /// Takes the reports that have come. `false` when the run ends early, or the output cannot be written.
  private func tick() -> Bool {
    sinceTick = 0
    if flushed.elapsedMilliseconds >= EventStream.flushMilliseconds {
      flushed = Stopwatch()
      for file in files { file.flush() }
    }
    if case .endpoint(let client) = destination {
      takeReports(of: client)
      lines.answered(through: answeredThrough)
      let sent = client.statistics
      progress.update({ SentCounts(sent) }, fraction: fraction)
      if stop == nil { stop = reason(toStop: client, sent) }
    } else if isSpooled {
      progress.update(counts.events, "events", fraction: fraction ?? 0)
    } else {
      Output.standard.flush()
      if Output.standard.isBroken { return false }
    }
    if interruption.check() { stop = .interrupted }
    return stop == nil
  }

  /// Why no more lines are taken, although nobody interrupted the run.
  private func reason(toStop client: Client, _ sent: Statistics) -> StreamStop? {
    if endsWhenMisconfigured, sent.delivered + sent.rejected == 0, client.isMisconfigured { return .misconfigured }
    return patience.isOver(answered: Int(sent.delivered + sent.rejected), pending: Int(sent.pending)) ? .silent : nil
  }

  private var fraction: Double? {
    guard let read = lines.fraction, counts.events > 0 else { return nil }
    let answered = Double(counts.events - outstanding.count) / Double(counts.events)
    return read * answered
  }

  /// Waits a moment for the next report, and takes all that there are.
  private func wait(for client: Client) {
    if let report = try? client.pollPointer(timeoutMilliseconds: EventStream.waitMilliseconds) { take(report) }
    _ = tick()
  }

  private func takeReports(of client: Client) {
    while let report = try? client.pollPointer(timeoutMilliseconds: 0) { take(report) }
  }

  private func take(_ report: UnsafeMutablePointer<Report>) {
    defer { CMemory.free(report) }
    guard let line = outstanding.take(report.pointee.text(.eventID)) else { return }
    defer { line.free() }
    switch report.pointee.outcome {
    case .delivered:
      answered.answer(line.number)
      return
    case .rejected: answered.answer(line.number)
    case .expired: if nothingExpires { stop = stop ?? .expired }
    case .abandoned, .spooled: break
    }
    var reason = MessageBuilder()
    if report.pointee.httpStatus > 0 {
      httpStatus = Int(report.pointee.httpStatus)
      reason.add("HTTP ")
      reason.add(Int(report.pointee.httpStatus))
      reason.add(": ")
    }
    reason.add(report.pointee.text(.message))
    reason.text.withUnsafeBufferPointer {
      complain(line: line.number, pointer: report.pointee.text(.code), reason: $0, text: line.text)
    }
  }

  // MARK: The end

  /// Waits until every event is answered for, at most for the timeout, and closes. Returns what became of all events.
  func finish(timeoutMilliseconds timeout: Int?) -> EventTotals {
    let statistics = end(timeoutMilliseconds: timeout)
    var isWritten = true
    for file in files where !file.finish() { isWritten = false }
    if case .misconfigured = stop { ConfigurationAdvice.print(httpStatus: httpStatus) }
    return EventTotals(
      counts: counts, stop: stop, statistics: statistics, elapsedMilliseconds: watch.elapsedMilliseconds, isSpooled: isSpooled,
      isWritten: isWritten)
  }

  private func end(timeoutMilliseconds given: Int?) -> Statistics {
    // What is not confirmed by now is sent again to the next program.
    let timeout = confirmation == nil ? given : 0
    if interruption.check() { stop = .interrupted }
    var statistics = Statistics()
    if case .endpoint(let client) = destination {
      waitForAll(of: client, timeoutMilliseconds: timeout ?? Int.max)
      progress.clear()
      var leftMilliseconds = 0
      if case .interrupted = stop {
        leftMilliseconds = min(timeout ?? Int.max, EventStream.interruptedSeconds * 1000)
        if confirmation == nil { sayInterrupted(pending: Int(client.statistics.pending), leftMilliseconds / 1000) }
      }
      client.close(timeoutMilliseconds: leftMilliseconds)
      takeReports(of: client)
      lines.answered(through: answeredThrough)
      statistics = client.statistics
    }
    if case .spool(let client) = destination {
      client.syncSpool()
      client.close(timeoutMilliseconds: 0)
      statistics = client.statistics
    }
    progress.clear()
    complaints.finish()
    return statistics
  }

  private func waitForAll(of client: Client, timeoutMilliseconds timeout: Int) {
    let waiting = Stopwatch()
    while outstanding.count > 0, client.statistics.pending > 0, stop == nil, waiting.elapsedMilliseconds < timeout { wait(for: client) }
  }

  private func sayInterrupted(pending: Int, _ seconds: Int) {
    Output.error.put("tpc-events: interrupted")
    if pending > 0 {
      Output.error.put("; waiting at most ")
      Output.error.put(seconds)
      Output.error.put(" seconds for ")
      Output.error.put(grouped: pending)
      Output.error.put(" pending events")
    }
    Output.error.put("\n")
    Output.error.flush()
  }
}

extension Options {
  fileprivate mutating func setLongestDeliveryTimeout() throws(Failure) {
    guard case .integer(let range) = OptionTable.row(.deliveryTimeout).kind else { return }
    try Digits.decimal(Int(range.upperBound)).withUnsafeBufferPointer { text throws(Failure) in try set(.deliveryTimeout, text) }
  }
}
