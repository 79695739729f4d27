// SPDX-License-Identifier: Apache-2.0

/// Measures the time in which the process did not run: stopped by a signal, its container paused, its function
/// suspended. Nothing could be sent then, so it does not count towards an event's delivery timeout.
///
/// No clock reports it, but the sender's sleep reveals it: the sender says how long it means to sleep, and comes back
/// much later.
struct SuspendedTime {
  /// The suspended time since the start.
  private(set) var totalMilliseconds: Int64 = 0
  /// When the sender means to check the clock again; nil while it works, and while nothing is pending.
  private var expectedBy: Int64?

  /// How much longer than planned a sleep may last on a busy machine.
  static let toleranceMilliseconds: Int64 = 200
  /// The sender's longest sleep while events are pending.
  static let longestSleepMilliseconds: Int64 = 200

  /// The clock is checked.
  mutating func look(now: Int64) {
    if let expectedBy, now - expectedBy > SuspendedTime.toleranceMilliseconds { totalMilliseconds += now - expectedBy }
    expectedBy = nil
  }

  /// The sender is about to be woken, if it sleeps because there are no events. If a host tracks an event before the
  /// sender has woken from a suspension, this notices the suspension instead.
  mutating func wakes(now: Int64) {
    guard let expectedBy else { return expectedBy = now }
    guard now - expectedBy > SuspendedTime.toleranceMilliseconds else { return }
    look(now: now)
    self.expectedBy = now
  }

  /// The sender goes to sleep and means to be back at `time`; nil if it has nothing to come back for.
  mutating func sleeps(until time: Int64?) { expectedBy = time }
}
