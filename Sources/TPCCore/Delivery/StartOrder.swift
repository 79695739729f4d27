// SPDX-License-Identifier: Apache-2.0

/// Whose turn it is to be sent: an event's first request, or one that failed before.
///
/// While both wait, retries get one request in twenty: events that always fail cost the others
/// a twentieth at the most, and no flood of new ones keeps an event from being tried again. Probes turn over, so that an outage
/// outlasts neither a few events that always fail nor a server that fails each event's first requests.
struct StartOrder {
  enum Turn {
    case none
    /// Of the new ones: the first in the queue, or the last.
    case oldest, newest
    /// Of those that failed: the one that is due first, or the oldest.
    case nextRetry, oldestRetry
  }

  /// Requests between two retries while new events wait.
  static let freshInARow = 19

  private var freshSinceRetry = 0
  private var isNewest = false
  private var isEvenProbe = false

  /// How the endpoint has done of late.
  enum Mood {
    case well
    /// Some request failed: then it is asked with new events from both ends of the queue, since those that always fail may stand
    /// there in a row.
    case doubtful
    /// Most requests fail: then retries go out as often as new events, since it may be first requests that fail.
    case bad
  }

  /// While requests flow.
  mutating func next(_ mood: Mood, hasFresh: Bool, hasDue: Bool) -> Turn {
    let share = mood == .bad ? 1 : StartOrder.freshInARow
    guard hasDue, !hasFresh || freshSinceRetry >= share else {
      freshSinceRetry += 1
      return hasFresh ? fresh(mood) : .none
    }
    freshSinceRetry = 0
    return .nextRetry
  }

  private mutating func fresh(_ mood: Mood) -> Turn {
    if mood == .well { return .oldest }
    isNewest.toggle()
    return isNewest ? .newest : .oldest
  }

  /// While the circuit is open. The newest has the most time left to live. The oldest retry is sent again and again until it
  /// passes or expires, and the one that is due first is another each time.
  mutating func nextProbe(hasFresh: Bool, hasRetry: Bool) -> Turn {
    guard hasRetry else { return hasFresh ? .newest : .none }
    isEvenProbe.toggle()
    if isEvenProbe { return hasFresh ? .newest : .nextRetry }
    return .oldestRetry
  }
}
