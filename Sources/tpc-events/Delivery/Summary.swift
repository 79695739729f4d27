// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The table at the end of a run, in which every line and every event is in exactly one row, so that the rows add up.
struct Summary {
  let output: Output

  private static let nameWidth = 25
  private static let numberWidth = 9

  /// Writes to standard output, or to standard error when the events themselves, or the answers to lines, are on standard output.
  init(_ stream: EventStream) { output = stream.isDryRun || stream.confirmation != nil ? .error : .standard }

  init(_ output: Output) { self.output = output }

  func row(_ name: StaticString, _ number: Int, isPart: Bool = false, always: Bool = false) {
    guard number > 0 || always else { return }
    if isPart { output.put("  ") }
    text(name, Digits.grouped(number), used: isPart ? 2 : 0)
  }

  /// A part of the row before it whose name has two parts.
  func row(_ kind: StaticString, _ name: StaticString, _ number: Int) {
    output.put("  ")
    output.put(kind)
    text(name, Digits.grouped(number), used: kind.utf8CodeUnitCount + 2)
  }

  func text(_ name: StaticString, _ value: [UInt8], used: Int = 0) {
    output.put(name)
    let used = name.utf8CodeUnitCount + used
    for _ in used..<max(used, Summary.nameWidth) { output.put(" ") }
    for _ in value.count..<max(value.count, Summary.numberWidth) { output.put(" ") }
    output.put(value)
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
      requests(SentCounts(statistics), elapsedMilliseconds: totals.elapsedMilliseconds)
      if statistics.delivered > 0 && statistics.requests == 0 { output.put("dry_run is set: nothing was sent\n") }
    }
    output.flush()
  }

  /// Writes the rows about events that were put into a spool.
  func spooled(_ totals: EventTotals) {
    row("events", totals.counts.events, always: true)
    row("refused here", totals.counts.refused, isPart: true)
    row("left out by options", totals.counts.leftOut, isPart: true)
    row("not written", totals.counts.unwritten, isPart: true)
    row("in the spool", Int(totals.statistics.spooled), isPart: true, always: true)
    output.flush()
  }

  /// Writes the rows about requests.
  func requests(_ sent: SentCounts, elapsedMilliseconds: Int) {
    row("requests", sent.requests, always: true)
    row("failed", sent.failed, isPart: true)
    row("odd answers", sent.odd, isPart: true)
    let elapsedMilliseconds = max(1, elapsedMilliseconds)
    output.put("took ")
    output.put(elapsedMilliseconds / 1000)
    output.put(".")
    output.put(elapsedMilliseconds % 1000 / 100)
    output.put(" s, ")
    output.put(grouped: sent.delivered * 1000 / elapsedMilliseconds)
    output.put(" events/s\n")
  }
}
