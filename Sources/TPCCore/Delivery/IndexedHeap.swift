// SPDX-License-Identifier: Apache-2.0

/// A binary heap of small numbers ("slots"), the one with the least key on top, that can also take any of them out: each in
/// O(log n). `advance` brings all that are in it to the top at once, in O(1).
struct IndexedHeap: ~Copyable {
  private struct Entry: BitwiseCopyable {
    let key: Int64
    /// Which calls of `advance` it was put in after.
    let round: UInt64
    let slot: Int
  }

  /// No child has a lower key than its parent.
  private var entries = GrowableArray<Entry>()
  /// Where each slot stands in `entries`.
  private var places = GrowableArray<Int>()
  private var round: UInt64 = 0

  init() {}

  var count: Int { entries.count }

  /// The slot with the least key, and that key: `Int64.min` for what was advanced.
  var top: (slot: Int, key: Int64)? { entries[0].map { ($0.slot, key($0)) } }

  /// One of those that are in it, in no order.
  func slot(at place: Int) -> Int? { entries[place]?.slot }

  /// Makes sure that slots below `slots` can be put in. `false` when there is no memory for them.
  mutating func reserve(_ slots: Int) -> Bool {
    while places.count < slots {
      if !places.append(-1) { return false }
    }
    return entries.reserve(max(0, slots - entries.count))
  }

  /// Within what was reserved, and for a slot that is not in it.
  mutating func insert(_ slot: Int, key: Int64) {
    guard entries.append(Entry(key: key, round: round, slot: slot)) else { return }
    places.replace(slot, with: entries.count - 1)
    rise(from: entries.count - 1)
  }

  mutating func remove(_ slot: Int) {
    guard let place = places[slot], place >= 0, let last = entries.removeLast() else { return }
    places.replace(slot, with: -1)
    guard place < entries.count else { return }
    put(last, at: place)
    rise(from: place)
    sink(from: place)
  }

  /// From now on all that are in it count as having the least key. They had an order among themselves that no longer matters,
  /// so the heap stays one as it is.
  mutating func advance() { round += 1 }

  private func key(_ entry: Entry) -> Int64 { entry.round < round ? Int64.min : entry.key }

  private mutating func put(_ entry: Entry, at place: Int) {
    entries.replace(place, with: entry)
    places.replace(entry.slot, with: place)
  }

  private mutating func rise(from start: Int) {
    var place = start
    while place > 0, let entry = entries[place], let parent = entries[(place - 1) / 2], key(entry) < key(parent) {
      put(parent, at: place)
      put(entry, at: (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func sink(from start: Int) {
    var place = start
    while let entry = entries[place] {
      var smallest = place
      var least = entry
      for child in [2 * place + 1, 2 * place + 2] {
        if let candidate = entries[child], key(candidate) < key(least) { (smallest, least) = (child, candidate) }
      }
      if smallest == place { return }
      put(least, at: place)
      put(entry, at: smallest)
      place = smallest
    }
  }
}
