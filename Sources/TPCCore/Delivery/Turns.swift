// SPDX-License-Identifier: Apache-2.0

/// Whose turn it is to be sent: an event's first request, or one that failed before.
///
/// While both wait, retries get one request in ten (a retry budget, as Finagle has it): events that always fail cost the others
/// a tenth at the most, and no flood of new ones keeps an event from being tried again. Probes turn over, so that an outage
/// outlasts neither a few events that always fail nor a server that fails each event's first requests.
struct Turns {
  enum Turn {
    case none
    /// Of the new ones: the first in the queue, or the last.
    case oldest, newest
    /// Of those that failed: the one that is due first, or the oldest.
    case nextRetry, oldestRetry
  }

  /// Requests between two retries while new events wait.
  static let freshInARow = 9

  private var freshSinceRetry = 0
  private var isEvenProbe = false

  /// While requests flow.
  mutating func next(hasFresh: Bool, hasDue: Bool) -> Turn {
    guard hasDue, !hasFresh || freshSinceRetry >= Turns.freshInARow else {
      freshSinceRetry += 1
      return hasFresh ? .oldest : .none
    }
    freshSinceRetry = 0
    return .nextRetry
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
