// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What became of the events, and whether the run goes on.
extension EventStream {
  /// Takes the reports that have come. `false` when the run ends early, or the output cannot be written.
  func tick() -> Bool {
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
  func reason(toStop client: Client, _ sent: Statistics) -> StreamStop? {
    if endsWhenMisconfigured, sent.delivered + sent.rejected == 0, client.isMisconfigured { return .misconfigured }
    return patience.isOver(answered: Int(sent.delivered + sent.rejected), pending: Int(sent.pending)) ? .silent : nil
  }

  var fraction: Double? {
    guard let read = lines.fraction, counts.events > 0 else { return nil }
    let answered = Double(counts.events - outstanding.count) / Double(counts.events)
    return read * answered
  }

  /// Waits a moment for the next report, and takes all that there are.
  func wait(for client: Client) {
    if let report = try? client.pollPointer(timeoutMilliseconds: EventStream.waitMilliseconds) { take(report) }
    _ = tick()
  }

  func takeReports(of client: Client) {
    while let report = try? client.pollPointer(timeoutMilliseconds: 0) { take(report) }
  }

  func take(_ report: UnsafeMutablePointer<Report>) {
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
}
