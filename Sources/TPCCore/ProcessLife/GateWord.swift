// SPDX-License-Identifier: Apache-2.0

/// The word that counts the threads inside the gate:
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

  /// Unchanged for a thread that went in before a fork, which took it out of the count: it is the child's copy of it.
  func left(in generation: UInt32) -> GateWord {
    let inside = count(in: generation)
    return inside > 0 ? GateWord(generation: generation, count: inside - 1) : self
  }
}
