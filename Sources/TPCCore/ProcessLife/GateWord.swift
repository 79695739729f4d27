// SPDX-License-Identifier: Apache-2.0

/// Counts the threads inside the gate, in one word:
///
///      63                  32 31                   0
///     +----------------------+----------------------+
///     |   fork generation    |    threads inside    |
///     +----------------------+----------------------+
///
/// The count belongs to the process of that generation: a child has none of its parent's threads.
struct GateWord: Equatable {
  let bits: UInt64

  init(_ bits: UInt64) { self.bits = bits }

  private init(generation: UInt32, count: UInt32) { bits = UInt64(generation) << 32 | UInt64(count) }

  private var generation: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }

  func count(in generation: UInt32) -> UInt32 { self.generation == generation ? UInt32(truncatingIfNeeded: bits) : 0 }

  func entered(in generation: UInt32) -> GateWord { GateWord(generation: generation, count: count(in: generation) &+ 1) }

  /// The word after a thread left. Unchanged if the thread entered before a fork: the child has a copy of it, but the
  /// new generation's count does not include it.
  func left(in generation: UInt32) -> GateWord {
    let inside = count(in: generation)
    return inside > 0 ? GateWord(generation: generation, count: inside - 1) : self
  }
}
