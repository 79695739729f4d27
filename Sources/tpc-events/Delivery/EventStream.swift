// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// Where the events of many lines go: to the endpoint at full speed, or onto standard output for `--dry-run`. Knows the line of
/// each event until its report has come, and accounts for every one.
final class EventStream {
  private enum Destination {
    case endpoint(Client)
    case output(EventPreview)
  }

  private let destination: Destination
  private let reader: LineReader
  private let interruption = Interruption()
  private let rejected: RejectedFile?
  private let complaints = Complaints("events that were not delivered")
  private let lines = OutstandingLines()
  private let reportCapacity: Int
  let progress = Progress()
  private let watch = Stopwatch()
  private(set) var counts = EventCounts()
  private var id = ByteBuffer()
  private var sinceTick = 0

  private static let interrupted = Failure(.closed, "the run was interrupted before there was room for the event")
  private static let waitMilliseconds = 200
  private static let interruptedMilliseconds = 5000

  init(_ arguments: Arguments, _ input: Input, _ reader: LineReader) throws(UsageError) {
    self.reader = reader
    if let path = arguments.value(.rejected) { rejected = try RejectedFile(path, besides: input) } else { rejected = nil }
    var options = arguments.options
    // A report for every event that may be pending, so that none is lost.
    reportCapacity = Int(min(max(options.integer(.queueMaxEvents), options.integer(.reportCapacity)), 10_000_000))
    do throws(Failure) {
      if arguments.has(.dryRun) {
        destination = .output(try EventPreview(options))
      } else {
        var capacity = ByteBuffer()
        _ = capacity.append(decimal: reportCapacity)
        try options.set(.reportCapacity, capacity.bytes)
        destination = .endpoint(try Client(options))
      }
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    reader.wakeDescriptor = interruption.descriptor
    // Reader and stream hold each other for as long as the process runs.
    reader.whileWaiting = { self.tick() }
  }

  var isInterrupted: Bool { interruption.isRaised }

  var isDryRun: Bool {
    if case .output = destination { return true }
    return false
  }

  // MARK: Events

  /// Sends the event of a line, after waiting for room in the queue. `false` when the run was interrupted.
  func send(_ visit: Visit, _ number: Int, _ line: Bytes) -> Bool {
    counts.events += 1
    do throws(Failure) {
      switch destination {
      case .output(let preview): try show(visit, preview)
      case .endpoint(let client):
        id.truncate(to: 0)
        try visit.event.pointee.identify(into: &id)
        try track(visit, client, number, line)
      }
    } catch {
      refuse(number, error, line)
    }
    sinceTick += 1
    return !interruption.isRaised && (sinceTick < 64 || tick())
  }

  /// Counts and tells an event that never became one.
  func sendNothing(_ number: Int, _ failure: Failure, _ line: Bytes) {
    counts.events += 1
    refuse(number, failure, line)
  }

  private func show(_ visit: Visit, _ preview: EventPreview) throws(Failure) {
    var json = ByteBuffer()
    guard try preview.append(visit.event.pointee, to: &json) else {
      counts.leftOut += 1
      return
    }
    counts.shown += 1
    Output.standard.put(json: json.bytes)
    Output.standard.put("\n")
  }

  private func track(_ visit: Visit, _ client: Client, _ number: Int, _ line: Bytes) throws(Failure) {
    while lines.count >= reportCapacity, !interruption.check() { wait(client) }
    var result = TrackResult.queued
    while true {
      do throws(Failure) {
        result = try client.track(visit.event.pointee)
        break
      } catch {
        // An event for which the whole queue is too small would wait for ever.
        guard error.status == .queueFull, lines.count > 0 else { throw error }
        let enough = lines.count - max(1, lines.count / 8)
        while lines.count > enough, !interruption.check() { wait(client) }
        if interruption.isRaised { throw EventStream.interrupted }
      }
    }
    switch result {
    case .queued: lines.add(id.bytes, number, keeping: rejected == nil ? nil : line)
    case .sampledOut, .leftOut, .disabled: counts.leftOut += 1
    }
  }

  private func refuse(_ number: Int, _ failure: Failure, _ line: Bytes) {
    counts.refused += 1
    failure.field.withUnsafeBufferPointer { pointer in
      failure.message.withUnsafeBufferPointer { reason in
        progress.clear()
        complaints.tell(number, pointer, reason)
        rejected?.write(number, pointer, reason, line)
      }
    }
  }

  // MARK: Reports

  /// Takes in what has happened. `false` when the run was interrupted.
  private func tick() -> Bool {
    sinceTick = 0
    if case .endpoint(let client) = destination {
      drain(client)
      progress.update({ client.statistics }, fraction: fraction)
    } else {
      Output.standard.flush()
      if Output.standard.isBroken { return false }
    }
    return !interruption.check()
  }

  private var fraction: Double? {
    guard let size = reader.size, size > 0, counts.events > 0 else { return nil }
    let answered = Double(counts.events - lines.count) / Double(counts.events)
    return min(1, Double(reader.consumed) / Double(size) * answered)
  }

  /// Waits a moment for the next report, and takes in all that there are.
  private func wait(_ client: Client) {
    if let report = try? client.pollPointer(timeoutMilliseconds: EventStream.waitMilliseconds) { take(report) }
    _ = tick()
  }

  private func drain(_ client: Client) {
    while let report = try? client.pollPointer(timeoutMilliseconds: 0) { take(report) }
  }

  private func take(_ report: UnsafeMutablePointer<Report>) {
    defer { CMemory.free(report) }
    guard let line = lines.take(report.pointee.text(.eventID)) else { return }
    defer { OutstandingLines.free(line) }
    guard report.pointee.outcome != .delivered else { return }
    var reason = MessageBuilder()
    if report.pointee.httpStatus > 0 {
      reason.add("HTTP ")
      reason.add(Int(report.pointee.httpStatus))
      reason.add(": ")
    }
    reason.add(report.pointee.text(.message))
    reason.text.withUnsafeBufferPointer { reason in
      progress.clear()
      complaints.tell(line.number, report.pointee.text(.code), reason)
      rejected?.write(line.number, report.pointee.text(.code), reason, line.bytes)
    }
  }

  // MARK: The end

  /// Waits for the answers, at the most for `timeout` milliseconds, and closes. Returns what became of all events.
  func finish(timeout: Int?) throws(UsageError) -> EventTotals {
    var totals = EventTotals(counts, interruption.check())
    if case .endpoint(let client) = destination {
      let waiting = Stopwatch()
      while lines.count > 0, client.statistics.pending > 0, !interruption.check(), waiting.milliseconds < timeout ?? Int.max {
        wait(client)
      }
      progress.clear()
      if interruption.isRaised { sayInterrupted(client) }
      client.close(timeoutMilliseconds: interruption.isRaised ? min(timeout ?? Int.max, EventStream.interruptedMilliseconds) : 0)
      drain(client)
      totals = EventTotals(counts, interruption.isRaised, client.statistics)
    }
    progress.clear()
    complaints.finish()
    try rejected?.finish()
    totals.milliseconds = watch.milliseconds
    return totals
  }

  private func sayInterrupted(_ client: Client) {
    let pending = Int(client.statistics.pending)
    Output.error.put("tpc-events: interrupted")
    if pending > 0 {
      Output.error.put("; waits 5 seconds at the most for ")
      Output.error.put(grouped: pending)
      Output.error.put(" events that are pending")
    }
    Output.error.put("\n")
    Output.error.flush()
  }
}

extension OutstandingLines {
  static func free(_ line: Line) { CPOSIX.free(line.text) }
}
