// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What a summary says about a run that ended before its input did: after which line, and how to go on.
struct StoppedRun {
  private let totals: EventTotals
  private let takenLines: Int
  private let rejectedPath: Bytes?

  /// Nil for a run that read its whole input, and for one whose lines are given again to the next.
  init?(_ totals: EventTotals, _ stream: EventStream, _ arguments: Arguments) {
    guard totals.stop != nil, stream.confirmation == nil else { return nil }
    self.totals = totals
    takenLines = stream.takenLines
    rejectedPath = arguments.value(.rejected)
  }

  /// For the events of one plain file, whose path is nil for standard input: `command` takes the rest of it from a pipe.
  func describe(file: Bytes?, command: StaticString, to output: Output) {
    begin(output)
    if totals.counts.shown > 0 {
      // Nothing was to be sent.
    } else if !hasBegun {
      output.put("; nothing was delivered: send it again")
    } else if let file = file.flatMap({ ShellWord.quoted($0) }) {
      output.put("; go on with: tail -n +")
      output.put(takenLines + 1)
      output.put(" ")
      output.put(file)
      output.put(" | ")
      output.put(command)
    }
    output.put("\n")
    if hasBegun { describeRest(output) }
    output.flush()
  }

  /// For events whose ids are the same when their lines are read again.
  func describeRepeatable(_ output: Output) {
    begin(output)
    output.put("; replay it again: each event has the same id as before\n")
    output.flush()
  }

  private var hasBegun: Bool { totals.statistics.delivered + totals.statistics.rejected + totals.statistics.spooled > 0 }

  private func begin(_ output: Output) {
    output.put("stopped after line ")
    output.put(grouped: takenLines)
  }

  private func describeRest(_ output: Output) {
    let lost = Int(totals.statistics.abandoned + totals.statistics.expired)
    guard lost > 0 else { return }
    output.put("events of earlier lines that were not delivered: ")
    output.put(grouped: lost)
    if let path = rejectedPath.flatMap({ ShellWord.quoted($0) }) {
      output.put("; send them with: tpc-events send ")
      output.put(path)
    } else {
      output.put(" (--rejected FILE keeps them)")
    }
    output.put("\n")
  }
}
