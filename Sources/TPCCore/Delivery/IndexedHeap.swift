// SPDX-License-Identifier: Apache-2.0

/// A binary heap of small numbers ("slots"), with the least key on top, from which any slot can be removed: each
/// operation is O(log n). `advance` makes all slots in it count as least at once, in O(1).
struct IndexedHeap: ~Copyable {
  private struct Entry: BitwiseCopyable {
    let key: Int64
    /// The number of calls of `advance` before it was inserted.
    let round: UInt64
    let slot: Int
  }

  /// No child has a lower key than its parent.
  private var entries = GrowableArray<Entry>()
  /// The index of each slot in `entries`; -1 if it is not in the heap.
  private var positions = GrowableArray<Int>()
  private var round: UInt64 = 0

  init() {}

  var count: Int { entries.count }

  /// The slot with the least key, and that key: `Int64.min` for slots that were advanced.
  var top: (slot: Int, key: Int64)? { entries[0].map { ($0.slot, key($0)) } }

  /// The slot at an index; they are in no particular order.
  func slot(at position: Int) -> Int? { entries[position]?.slot }

  /// Reserves room to insert slots below `slots`. `false` when memory ran out.
  mutating func reserve(_ slots: Int) -> Bool {
    while positions.count < slots {
      if !positions.append(-1) { return false }
    }
    return entries.reserve(max(0, slots - entries.count))
  }

  /// Inserts a slot that is not in the heap and for which room was reserved.
  mutating func insert(_ slot: Int, key: Int64) {
    guard entries.append(Entry(key: key, round: round, slot: slot)) else { return }
    positions.replace(slot, with: entries.count - 1)
    rise(from: entries.count - 1)
  }

  mutating func remove(_ slot: Int) {
    guard let position = positions[slot], position >= 0, let last = entries.removeLast() else { return }
    positions.replace(slot, with: -1)
    guard position < entries.count else { return }
    put(last, at: position)
    rise(from: position)
    sink(from: position)
  }

  /// Makes all present slots count as having the least key. Their order among themselves no longer matters, so the heap
  /// remains valid as it is.
  mutating func advance() { round += 1 }

  private func key(_ entry: Entry) -> Int64 { entry.round < round ? Int64.min : entry.key }

  private mutating func put(_ entry: Entry, at position: Int) {
    entries.replace(position, with: entry)
    positions.replace(entry.slot, with: position)
  }

  private mutating func rise(from start: Int) {
    var position = start
    while position > 0, let entry = entries[position], let parent = entries[(position - 1) / 2], key(entry) < key(parent) {
      put(parent, at: position)
      put(entry, at: (position - 1) / 2)
      position = (position - 1) / 2
    }
  }

  private mutating func sink(from start: Int) {
    var position = start
    while let entry = entries[position] {
      var smallest = position
      var least = entry
      for child in [2 * position + 1, 2 * position + 2] {
        if let candidate = entries[child], key(candidate) < key(least) { (smallest, least) = (child, candidate) }
      }
      if smallest == position { return }
      put(least, at: position)
      put(entry, at: smallest)
      position = smallest
    }
  }
}
