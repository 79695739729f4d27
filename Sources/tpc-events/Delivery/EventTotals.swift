// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Counts of what the tool did with its events before any of them reached the queue.
struct EventCounts {
  var events = 0
  var refused = 0
  /// Left out by sample_rate, only_ai_agents or only_ai, or because enabled is false.
  var leftOut = 0
  /// Printed by --dry-run.
  var shown = 0
  /// Not taken by the disk, for `--spool`.
  var unwritten = 0
}

/// What became of all events of a run: events = shown + refused + left out + not written + accepted, and
/// accepted + adopted = delivered + rejected + expired + abandoned + spooled.
struct EventTotals {
  let counts: EventCounts
  /// Nil when the whole input was read.
  let stop: StreamStop?
  let statistics: Statistics
  let elapsedMilliseconds: Int
  /// Whether the events were only to be written to a spool.
  let isSpooled: Bool
  /// `false` when the file of --rejected could not be written.
  let isWritten: Bool

  /// The exit code of the run; `isDamaged` is for a file that could not be read to its end. A run that follows a log ends with a signal, and the rest of the log waits for the next one.
  func exitCode(tooManyUnreadable: Bool = false, isDamaged: Bool = false, isFollowing: Bool = false) -> ExitCode {
    if !isWritten { return .usage }
    if hasStopped(isFollowing: isFollowing) || counts.unwritten > 0 || statistics.expired + statistics.abandoned > 0 { return .undelivered }
    if statistics.spooled > 0 && !isSpooled { return .undelivered }
    return counts.refused > 0 || statistics.rejected > 0 || tooManyUnreadable || isDamaged ? .refused : .success
  }

  private func hasStopped(isFollowing: Bool) -> Bool {
    guard let stop else { return false }
    if case .interrupted = stop { return !isFollowing }
    return true
  }
}
