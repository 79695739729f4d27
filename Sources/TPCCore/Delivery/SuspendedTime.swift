// SPDX-License-Identifier: Apache-2.0

/// Time in which the process did not run: stopped by a signal, its container paused, its function suspended. Nothing could be
/// sent then, so it does not count towards an event's time to deliver.
///
/// No clock tells of it, but the sender's sleep does: it says how long it means to sleep, and comes back much later.
struct SuspendedTime {
  /// In milliseconds, since the start.
  private(set) var total: Int64 = 0
  /// When the sender means to look at the clock again; nil while it works, and while nothing is pending.
  private var expectedBy: Int64?

  /// A sleep may last this much longer on a busy machine, in milliseconds.
  static let tolerance: Int64 = 200
  /// The sender sleeps no longer than this at a time while events are pending, in milliseconds.
  static let longestSleepMilliseconds: Int64 = 200

  /// Somebody looks at the clock.
  mutating func look(now: Int64) {
    if let expectedBy, now - expectedBy > SuspendedTime.tolerance { total += now - expectedBy }
    expectedBy = nil
  }

  /// The sender is about to be woken, if it sleeps for want of events. A host that tracks before the sender has woken from a
  /// pause notices it in its place.
  mutating func wakes(now: Int64) {
    guard let expectedBy else { return expectedBy = now }
    guard now - expectedBy > SuspendedTime.tolerance else { return }
    look(now: now)
    self.expectedBy = now
  }

  /// The sender means to be back at `time`; nil when it has nothing to come back for.
  mutating func sleeps(until time: Int64?) { expectedBy = time }
}
