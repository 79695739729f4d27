// SPDX-License-Identifier: Apache-2.0

/// The word of a slot of `ClientTable`:
///
///      63                  32  31  30       20 19             0
///     +----------------------+----+-----------+----------------+
///     |  client generation   |open|   forks   |  calls inside  |
///     +----------------------+----+-----------+----------------+
///
/// - client generation: how many clients this slot has had. A token contains it, so an earlier client's token does not
///   match.
/// - forks: the process in which the calls are counted, by the last bits of its fork generation, because a child has
///   none of its parent's threads. (A slot that is left alone for 2,048 generations of forks would count a stale call;
///   that process then does not use it again.)
/// - calls inside: how many calls hold the client. Calls enter only while it is open, so once it is closed and the
///   count is 0, nothing ever holds it again.
struct ClientWord: Equatable {
  let bits: UInt64

  private static let openBit: UInt64 = 1 << 31
  private static let forksShift: UInt64 = 20
  private static let forksMask: UInt64 = 0x7FF << forksShift
  private static let countMask: UInt64 = (1 << forksShift) - 1

  @inline(__always)
  init(_ bits: UInt64) { self.bits = bits }

  @inline(__always)
  private static func stamp(_ forks: UInt32) -> UInt64 { UInt64(forks) << forksShift & forksMask }

  var generation: UInt64 { bits >> 32 }

  @inline(__always)
  var isOpen: Bool { bits & ClientWord.openBit != 0 }

  @inline(__always)
  func calls(_ forks: UInt32) -> UInt64 { bits & ClientWord.forksMask == ClientWord.stamp(forks) ? bits & ClientWord.countMask : 0 }

  /// Whether it is closed and no call holds the client.
  @inline(__always)
  func isFree(_ forks: UInt32) -> Bool { !isOpen && calls(forks) == 0 }

  /// The word for the next client, which is open.
  func opened(_ forks: UInt32) -> ClientWord {
    ClientWord((generation &+ 1) << 32 | ClientWord.openBit | ClientWord.stamp(forks))
  }

  /// Closed, with some more calls inside.
  func closed(adding calls: UInt64 = 0) -> ClientWord { ClientWord((bits & ~ClientWord.openBit) &+ calls) }

  /// With one more call; nil if the client is closed.
  @inline(__always)
  func entered(_ forks: UInt32) -> ClientWord? {
    let count = calls(forks)
    guard isOpen, count < ClientWord.countMask else { return nil }
    return ClientWord(bits & ~(ClientWord.forksMask | ClientWord.countMask) | ClientWord.stamp(forks) | (count &+ 1))
  }

  /// With one call fewer; nil for a call counted in another process: a signal handler that interrupted it has forked.
  @inline(__always)
  func left(_ forks: UInt32) -> ClientWord? { calls(forks) > 0 ? ClientWord(bits &- 1) : nil }
}
