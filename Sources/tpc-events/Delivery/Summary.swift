// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The table at the end of a run, in which every line and every event is in exactly one row, so that the rows add up.
struct Summary {
  private let output: Output

  private static let nameWidth = 22
  private static let numberWidth = 12

  /// Writes to standard output, or to standard error when the events themselves are on standard output.
  init(_ stream: EventStream) { output = stream.isDryRun ? .error : .standard }

  func row(_ name: StaticString, _ number: Int, isPart: Bool = false, always: Bool = false) {
    guard number > 0 || always else { return }
    let digits = Digits.grouped(number)
    if isPart { output.put("  ") }
    output.put(name)
    let used = name.utf8CodeUnitCount + (isPart ? 2 : 0)
    for _ in used..<max(used, Summary.nameWidth) { output.put(" ") }
    for _ in digits.count..<max(digits.count, Summary.numberWidth) { output.put(" ") }
    output.put(digits)
    output.put("\n")
  }

  /// Writes the rows about events: how many there were, and how they ended.
  func events(_ totals: EventTotals, isDryRun: Bool) {
    let (counts, statistics) = (totals.counts, totals.statistics)
    row("events", counts.events, always: true)
    row("found in the spool", Int(statistics.adopted))
    row("refused here", counts.refused, isPart: true)
    row("left out by options", counts.leftOut, isPart: true)
    if isDryRun {
      row("shown, not sent", counts.shown, isPart: true, always: true)
    } else {
      row("delivered", Int(statistics.delivered), isPart: true, always: true)
      row("rejected by server", Int(statistics.rejected), isPart: true, always: true)
      row("expired", Int(statistics.expired), isPart: true)
      row("abandoned", Int(statistics.abandoned), isPart: true)
      row("left in the spool", Int(statistics.spooled), isPart: true)
      row("requests", Int(statistics.requests), always: true)
      row("failed", Int(statistics.failedRequests), isPart: true)
      row("odd answers", Int(statistics.oddResponses), isPart: true)
      speed(totals)
    }
    output.flush()
  }

  private func speed(_ totals: EventTotals) {
    let elapsedMilliseconds = max(1, totals.elapsedMilliseconds)
    output.put("took ")
    output.put(elapsedMilliseconds / 1000)
    output.put(".")
    output.put(elapsedMilliseconds % 1000 / 100)
    output.put(" s, ")
    output.put(grouped: Int(totals.statistics.delivered) * 1000 / elapsedMilliseconds)
    output.put(" events/s\n")
    if totals.statistics.delivered > 0 && totals.statistics.requests == 0 { output.put("dry_run is set: nothing was sent\n") }
  }
}
