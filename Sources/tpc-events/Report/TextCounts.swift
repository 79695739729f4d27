// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Counts texts, such as the paths of pages, in bounded memory. Whenever there are more texts than it holds, those that were
/// counted least often, about half of them, are dropped, so that the most frequent ones stay: each number is then too low by at
/// most `error`. Without that, all numbers are exact.
final class TextCounts {
  struct Entry {
    let hash: UInt64
    /// What the text is counted for besides itself, such as an agent.
    let number: Int
    /// The part of the text that is kept to be shown, in `texts`.
    var start: Int
    let length: Int
    /// How many of these bytes are the host.
    let hostLength: Int
    var tally = Tally()
  }

  private(set) var entries: [Entry] = []
  /// How many lower numbers than this a text may have lost.
  private(set) var error = 0
  private let limit: Int
  /// The index of an entry, or -1. Their number is a power of two, at least twice the entries'.
  private var slots = [Int32](repeating: -1, count: 2048)
  private var texts = ByteBuffer()

  /// Longer texts are told apart, but only this much of them is shown.
  private static let shownBytes = 240

  init(limit: Int) { self.limit = limit }

  /// Counts a text for a group of readers. The first `hostLength` bytes are a host; `hash` is that of text and number together.
  func add(_ text: Bytes, hostLength: Int = 0, number: Int = 0, hash: UInt64, _ group: ReaderGroup) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if entries[index].hash == hash {
        entries[index].tally[group] &+= 1
        return
      }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    let shown = text.part(0, TextCounts.shownBytes)
    var entry = Entry(hash: hash, number: number, start: texts.count, length: shown.count, hostLength: min(hostLength, shown.count))
    guard texts.append(shown) else { return error &+= 1 }
    entry.tally[group] = 1
    slots[slot] = Int32(truncatingIfNeeded: entries.count)
    entries.append(entry)
    if entries.count >= limit {
      drop()
    } else if entries.count &* 2 > slots.count {
      place(in: slots.count &* 2)
    }
  }

  /// The text of an entry, as much as is kept.
  func text(_ entry: Entry) -> Bytes { texts.bytes.part(entry.start, entry.start &+ entry.length) }

  /// The entries that `number` finds something in, the highest number first, and at most `most` of them.
  func highest(_ most: Int, _ number: (Entry) -> Int) -> [Entry] {
    var found = entries.filter { number($0) > 0 }
    found.sort { left, right in
      let (one, other) = (number(left), number(right))
      return one != other ? one > other : text(left).precedes(text(right))
    }
    return [Entry](found.prefix(most))
  }

  private func drop() {
    var totals = entries.map { $0.tally.total }
    totals.sort()
    let most = totals[totals.count / 2]
    error &+= most
    var kept = ByteBuffer()
    var left: [Entry] = []
    left.reserveCapacity(limit)
    for var entry in entries where entry.tally.total > most {
      let start = kept.count
      guard kept.append(text(entry)) else { break }
      entry.start = start
      left.append(entry)
    }
    entries = left
    texts = kept
    place(in: slots.count)
  }

  private func place(in count: Int) {
    slots = [Int32](repeating: -1, count: count)
    for (index, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & (count &- 1)
      while slots[slot] >= 0 { slot = (slot &+ 1) & (count &- 1) }
      slots[slot] = Int32(truncatingIfNeeded: index)
    }
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Whether the text comes before another in the order of bytes.
  func precedes(_ other: Bytes) -> Bool {
    for (one, two) in zip(self, other) where one != two { return one < two }
    return count < other.count
  }
}
