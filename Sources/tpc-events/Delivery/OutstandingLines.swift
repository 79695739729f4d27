// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// The lines whose events were taken and not reported yet, by the hash of their event ids. Ids may repeat in a file: equal ones
/// are handed out once each.
final class OutstandingLines {
  struct Line {
    var number = 0
    /// The line's text where it is kept, in memory that whoever takes the line frees.
    var text: UnsafeMutablePointer<UInt8>?
    var length = 0

    var bytes: Bytes { Bytes(start: text, count: length) }
  }

  private struct Entry {
    /// 0 marks a free place.
    var key: UInt64 = 0
    var line = Line()
  }

  private var table = [Entry](repeating: Entry(), count: 1024)
  private(set) var count = 0

  func add(_ id: Bytes, _ number: Int, keeping text: Bytes?) {
    if count * 2 >= table.count { grow() }
    var line = Line(number: number)
    if let text, let copy = malloc(max(1, text.count)) {
      if let start = text.baseAddress { memcpy(copy, start, text.count) }
      line.text = copy.assumingMemoryBound(to: UInt8.self)
      line.length = text.count
    }
    insert(Entry(key: OutstandingLines.key(id), line: line))
    count += 1
  }

  /// The line of an event id, which is then no longer outstanding.
  func take(_ id: Bytes) -> Line? {
    let key = OutstandingLines.key(id)
    var at = place(key)
    while table[at].key != key {
      if table[at].key == 0 { return nil }
      at = next(at)
    }
    let line = table[at].line
    close(gap: at)
    count -= 1
    return line
  }

  private static func key(_ id: Bytes) -> UInt64 { max(1, Hash.of(id)) }

  private func place(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (table.count - 1) }

  private func next(_ at: Int) -> Int { (at + 1) & (table.count - 1) }

  private func insert(_ entry: Entry) {
    var at = place(entry.key)
    while table[at].key != 0 { at = next(at) }
    table[at] = entry
  }

  /// Moves up what a free place would cut off from where its key says it is (linear probing without tombstones).
  private func close(gap: Int) {
    var gap = gap
    var at = next(gap)
    while table[at].key != 0 {
      let distance = (at - place(table[at].key)) & (table.count - 1)
      if distance >= (at - gap) & (table.count - 1) {
        table[gap] = table[at]
        gap = at
      }
      at = next(at)
    }
    table[gap] = Entry()
  }

  private func grow() {
    let entries = table
    table = [Entry](repeating: Entry(), count: entries.count * 2)
    for entry in entries where entry.key != 0 { insert(entry) }
  }
}
