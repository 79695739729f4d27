// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What was done with the events before they came to the queue.
struct EventCounts {
  var events = 0
  var refused = 0
  /// By sample_rate or only_ai_agents, or since enabled is false.
  var leftOut = 0
  /// Printed by --dry-run.
  var shown = 0
}

/// What became of all events: events = shown + refused + left out + accepted, and
/// accepted = delivered + rejected + expired + abandoned.
struct EventTotals {
  let counts: EventCounts
  let isInterrupted: Bool
  let statistics: Statistics
  var milliseconds = 0

  init(_ counts: EventCounts, _ isInterrupted: Bool, _ statistics: Statistics = Statistics()) {
    self.counts = counts
    self.isInterrupted = isInterrupted
    self.statistics = statistics
  }

  /// `unreadable` lines count as refused events do.
  func exitCode(unreadable: Int) -> ExitCode {
    if isInterrupted || statistics.expired + statistics.abandoned > 0 { return .undelivered }
    return counts.refused > 0 || statistics.rejected > 0 || unreadable > 0 ? .refused : .success
  }
}
