// SPDX-License-Identifier: Apache-2.0

/// Counts how many different texts there were, by their hashes. It holds a limited number of them; after that, what it has counted
/// is a lower bound.
final class DistinctSet {
  /// 0 is an empty slot. Their number is a power of two, and at most three quarters are taken.
  private var slots = [UInt64](repeating: 0, count: 1024)
  private(set) var count = 0
  /// Whether there were more than fit.
  private(set) var isFull = false
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Whether the hash, which is not 0, is new.
  func insert(_ hash: UInt64) -> Bool {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
    while slots[slot] != 0 {
      if slots[slot] == hash { return false }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    if count >= limit {
      isFull = true
      return false
    }
    slots[slot] = hash
    count &+= 1
    if count &* 4 > slots.count &* 3 { grow() }
    return true
  }

  private func grow() {
    var larger = [UInt64](repeating: 0, count: slots.count &* 2)
    for hash in slots where hash != 0 {
      var slot = Int(truncatingIfNeeded: hash) & (larger.count &- 1)
      while larger[slot] != 0 { slot = (slot &+ 1) & (larger.count &- 1) }
      larger[slot] = hash
    }
    slots = larger
  }
}
