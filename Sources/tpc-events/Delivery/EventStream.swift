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
  }

  private let destination: Destination
  private let lines: InputLines
  private let interruption = Interruption()
  private let rejected: RejectedFile?
  private let complaints = Complaints("events that were not delivered")
  private let outstanding = OutstandingLines()
  private var answered = AnsweredLines()
  let confirmation: Confirmation?
  private let nothingExpires: Bool
  /// Whether an event expired though nothing may.
  private var hasExpired = false
  private let reportCapacity: Int
  let progress = Progress()
  private let watch = Stopwatch()
  private(set) var counts = EventCounts()
  private var id = ByteBuffer()
  private var sinceTick = 0

  /// Every line up to this one is answered for: its events were delivered or rejected, or it made none. Events that expired or were
  /// abandoned, and those of a run that was interrupted, are not answered for.
  var answeredThrough: Int { answered.answeredThrough }

  private static let interrupted = Failure(.closed, "the run was interrupted before there was room for the event")
  /// How many lines may follow one that is not answered. Each takes a few bytes.
  private static let mostKept = 1 << 20
  private static let waitMilliseconds = 200
  /// How long a disk may fail before events are given up.
  private var diskPatience = 3_000
  /// How long an interrupted run waits for what is pending.
  private static let interruptedSeconds = 5

  /// With a client that only writes, events are put into its spool. Where the lines are kept elsewhere until they are answered for,
  /// `nothingExpires`: an event waits for as long as the core can, whatever delivery_timeout_ms is, and if even that is not long
  /// enough, the run ends, so that a later one reads the line again.
  init(_ arguments: Arguments, _ lines: InputLines, spooling client: Client? = nil, nothingExpires: Bool = false) throws(UsageError) {
    self.lines = lines
    confirmation = try Confirmation.make(arguments, lines.input)
    self.nothingExpires = nothingExpires || confirmation != nil
    if let path = arguments.value(.rejected) { rejected = try RejectedFile(path, besides: lines.input) } else { rejected = nil }
    var options = arguments.options
    // A report for every event that may be pending, so that none is lost.
    reportCapacity = Int(min(max(options.integer(.queueMaxEvents), options.integer(.reportCapacity)), 10_000_000))
    do throws(Failure) {
      if arguments.has(.dryRun) {
        destination = .output(try EventPreview(options))
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
    lines.reader.wakeDescriptor = interruption.descriptor
    // Reader and stream hold each other for as long as the process runs.
    lines.reader.whileWaiting = { self.tick() }
  }

  var isDryRun: Bool {
    if case .output = destination { return true }
    return false
  }

  /// Whether the events are only written to a spool.
  var isSpooled: Bool {
    if case .spool = destination { return true }
    return false
  }

  // MARK: Events

  /// Hands each line of the input to `take`, until there are no more or `take` returns false. Closes without waiting when the
  /// input cannot be read.
  func forEachLine(_ take: (InputLine) -> Bool) throws(UsageError) {
    if let confirmation, !confirmation.isReady() { return }
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
        }
      }
    } catch {
      _ = try finish(timeoutMilliseconds: 0)
      throw error
    }
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
      guard !interruption.check(), !hasExpired, confirmation?.isAlone != true else { return false }
      wait(for: client)
    }
    return true
  }

  /// Sends the event of a line, after waiting for room in the queue. `false` when the run was interrupted.
  func send(_ visit: Visit, of line: InputLine) -> Bool {
    counts.events += 1
    do throws(Failure) {
      switch destination {
      case .output(let preview): try show(visit, with: preview)
      case .endpoint(let client):
        id.truncate(to: 0)
        try visit.event.pointee.identify(into: &id)
        switch try track(visit, with: client) {
        case .queued:
          answered.hold(line.number)
          outstanding.add(id: id.bytes, number: line.number, text: rejected == nil ? nil : line.text)
        case .sampledOut, .leftOut, .disabled: counts.leftOut += 1
        }
      case .spool(let client):
        if case .queued = try write(visit, with: client) {} else { counts.leftOut += 1 }
      }
    } catch {
      // Of an event that did not come to the endpoint's queue or onto the disk, nothing is known.
      if error.status == .closed || error.status == .system { answered.hold(line.number) }
      refuse(line, error)
    }
    sinceTick += 1
    return !interruption.isRaised && !hasExpired && (sinceTick < 64 || tick())
  }

  /// Counts and reports a line from which no event could be built.
  func sendNothing(of line: InputLine, because failure: Failure) {
    counts.events += 1
    refuse(line, failure)
  }

  private func show(_ visit: Visit, with preview: EventPreview) throws(Failure) {
    var json = ByteBuffer()
    guard try preview.append(visit.event.pointee, to: &json) else {
      counts.leftOut += 1
      return
    }
    counts.shown += 1
    Output.standard.put(json: json.bytes)
    Output.standard.put("\n")
  }

  /// Waits while there may be more events in the queue than reports can be kept for, and while the queue is full.
  private func track(_ visit: Visit, with client: Client) throws(Failure) -> TrackResult {
    while outstanding.count >= reportCapacity || answered.kept >= EventStream.mostKept, !interruption.check() { wait(for: client) }
    while true {
      do throws(Failure) {
        return try client.track(visit.event.pointee)
      } catch {
        // An event for which the whole queue is too small would wait forever.
        guard error.status == .queueFull, outstanding.count > 0 else { throw error }
        let enough = outstanding.count - max(1, outstanding.count / 8)
        while outstanding.count > enough, !interruption.check() { wait(for: client) }
        if interruption.isRaised { throw EventStream.interrupted }
      }
    }
  }

  /// Writes an event into the spool. A disk that fails is given some time, once a run: there may be a million lines.
  private func write(_ visit: Visit, with client: Client) throws(Failure) -> TrackResult {
    while true {
      do throws(Failure) {
        return try client.track(visit.event.pointee)
      } catch {
        guard error.status == .system, diskPatience > 0, !interruption.check() else { throw error }
        diskPatience -= EventStream.waitMilliseconds
        var signal = pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&signal, 1, Int32(EventStream.waitMilliseconds))
      }
    }
  }

  private func refuse(_ line: InputLine, _ failure: Failure) {
    if isSpooled && failure.status == .system { counts.unwritten += 1 } else { counts.refused += 1 }
    failure.field.withUnsafeBufferPointer { pointer in
      failure.message.withUnsafeBufferPointer { reason in
        complain(line: line.number, pointer: pointer, reason: reason, text: line.text)
      }
    }
  }

  private func complain(line number: Int, pointer: Bytes, reason: Bytes, text: Bytes) {
    progress.clear()
    complaints.add(line: number, pointer: pointer, reason: reason)
    rejected?.write(line: number, pointer: pointer, reason: reason, text: text)
  }

  // MARK: Reports

  /// Takes the reports that have come. `false` when the run was interrupted or the output cannot be written.
  private func tick() -> Bool {
    sinceTick = 0
    if case .endpoint(let client) = destination {
      takeReports(of: client)
      progress.update({ SentCounts(client.statistics) }, fraction: fraction)
    } else if isSpooled {
      progress.update(counts.events, "events", fraction: fraction ?? 0)
    } else {
      Output.standard.flush()
      if Output.standard.isBroken { return false }
    }
    return !interruption.check() && !hasExpired
  }

  private var fraction: Double? {
    guard let size = lines.reader.size, size > 0, counts.events > 0 else { return nil }
    let answered = Double(counts.events - outstanding.count) / Double(counts.events)
    return min(1, Double(lines.reader.consumed) / Double(size) * answered)
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
    case .expired: hasExpired = nothingExpires
    case .abandoned, .spooled: break
    }
    var reason = MessageBuilder()
    if report.pointee.httpStatus > 0 {
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
  func finish(timeoutMilliseconds given: Int?) throws(UsageError) -> EventTotals {
    // What is not confirmed by now is sent again to the next program.
    let timeout = confirmation == nil ? given : 0
    var isInterrupted = interruption.check()
    var statistics = Statistics()
    if case .endpoint(let client) = destination {
      waitForAll(of: client, timeoutMilliseconds: timeout ?? Int.max)
      isInterrupted = interruption.isRaised
      progress.clear()
      if isInterrupted && confirmation == nil { sayInterrupted(pending: Int(client.statistics.pending)) }
      client.close(timeoutMilliseconds: isInterrupted ? min(timeout ?? Int.max, EventStream.interruptedSeconds * 1000) : 0)
      takeReports(of: client)
      statistics = client.statistics
    }
    if case .spool(let client) = destination {
      client.syncSpool()
      client.close(timeoutMilliseconds: 0)
      statistics = client.statistics
    }
    progress.clear()
    complaints.finish()
    try rejected?.finish()
    return EventTotals(
      counts: counts, isInterrupted: isInterrupted, statistics: statistics, elapsedMilliseconds: watch.elapsedMilliseconds,
      isSpooled: isSpooled)
  }

  private func waitForAll(of client: Client, timeoutMilliseconds timeout: Int) {
    let waiting = Stopwatch()
    while outstanding.count > 0, client.statistics.pending > 0, !interruption.check(), !hasExpired, waiting.elapsedMilliseconds < timeout {
      wait(for: client)
    }
  }

  private func sayInterrupted(pending: Int) {
    Output.error.put("tpc-events: interrupted")
    if pending > 0 {
      Output.error.put("; waiting at most ")
      Output.error.put(EventStream.interruptedSeconds)
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
