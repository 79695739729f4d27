// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The end of a run.
extension EventStream {
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

  func end(timeoutMilliseconds given: Int?) -> Statistics {
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

  func waitForAll(of client: Client, timeoutMilliseconds timeout: Int) {
    let waiting = Stopwatch()
    while outstanding.count > 0, client.statistics.pending > 0, stop == nil, waiting.elapsedMilliseconds < timeout { wait(for: client) }
  }

  func sayInterrupted(pending: Int, _ seconds: Int) {
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
