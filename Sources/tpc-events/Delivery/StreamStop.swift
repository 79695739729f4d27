// SPDX-License-Identifier: Apache-2.0

/// Why a run ended before its input did.
enum StreamStop {
  case interrupted
  /// The endpoint refuses everything, and has taken nothing.
  case misconfigured
  /// An event expired, though nothing may.
  case expired
  /// The writer of lines that are confirmed ended within one.
  case cut
  /// Nothing was answered for as long as --timeout says.
  case silent
}

/// For how long a run goes on without an answer.
struct Patience {
  /// Nil: until each event has expired; 0 only counts when the input has ended.
  private let milliseconds: Int?
  private var answered = 0
  private var since = Stopwatch()

  init(milliseconds: Int?) { self.milliseconds = milliseconds }

  /// Whether nothing was answered for too long, although something is pending.
  mutating func isOver(answered now: Int, pending: Int) -> Bool {
    guard let milliseconds, milliseconds > 0 else { return false }
    if now != answered || pending == 0 { (answered, since) = (now, Stopwatch()) }
    return since.elapsedMilliseconds >= milliseconds
  }
}
