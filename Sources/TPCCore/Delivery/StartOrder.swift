// SPDX-License-Identifier: Apache-2.0

/// Decides which event is sent next: one that has not been sent yet, or one that failed before.
///
/// While both kinds wait, one request in twenty is a retry: events that always fail cost the others at most a
/// twentieth, and no flood of new events keeps an event from being retried. Probes alternate, so that an outage is not
/// prolonged by a few events that always fail, nor by a server that fails each event's first requests.
struct StartOrder {
  enum Pick {
    case none
    /// A new event: the first in the queue, or the last.
    case oldest, newest
    /// An event that failed: the one that is due first, or the oldest.
    case nextRetry, oldestRetry
  }

  /// The number of requests between two retries while new events wait.
  static let freshInARow = 19

  private var freshSinceRetry = 0
  private var isNewest = false
  private var isEvenProbe = false

  /// How the endpoint has been doing recently.
  enum Mood {
    case well
    /// Some request failed: new events are taken from both ends of the queue, because events that always fail may be
    /// next to one another at one end.
    case doubtful
    /// Most requests fail: retries are sent as often as new events, because it may be first requests that fail.
    case bad
  }

  /// The next event while the circuit is closed.
  mutating func next(_ mood: Mood, hasFresh: Bool, hasDue: Bool) -> Pick {
    let share = mood == .bad ? 1 : StartOrder.freshInARow
    guard hasDue, !hasFresh || freshSinceRetry >= share else {
      freshSinceRetry += 1
      return hasFresh ? fresh(mood) : .none
    }
    freshSinceRetry = 0
    return .nextRetry
  }

  private mutating func fresh(_ mood: Mood) -> Pick {
    if mood == .well { return .oldest }
    isNewest.toggle()
    return isNewest ? .newest : .oldest
  }

  /// The next event for a probe, while the circuit is open. The newest event has the most time left. The oldest retry
  /// is sent again and again until it passes or expires; the retry that is due first is a different one each time.
  mutating func nextProbe(hasFresh: Bool, hasRetry: Bool) -> Pick {
    guard hasRetry else { return hasFresh ? .newest : .none }
    isEvenProbe.toggle()
    if isEvenProbe { return hasFresh ? .newest : .nextRetry }
    return .oldestRetry
  }
}
