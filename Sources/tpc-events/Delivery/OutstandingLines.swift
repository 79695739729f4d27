// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The lines whose events are in the queue and not reported yet, by the hash of their event ids. A file may repeat an id: `take`
/// then returns each of its lines once.
final class OutstandingLines {
  struct Line {
    var number = 0
    /// A copy of the line where it is kept; whoever takes the line frees it.
    fileprivate var start: UnsafeMutablePointer<UInt8>?
    fileprivate var length = 0

    /// Empty where the text is not kept.
    var text: Bytes { Bytes(start: start, count: length) }

    func free() { CTPCPOSIX.free(start) }
  }

  private struct Entry {
    /// 0 in a free entry.
    var key: UInt64 = 0
    var line = Line()
  }

  private var table = [Entry](repeating: Entry(), count: 1024)
  private(set) var count = 0

  /// `text` is nil where it need not be kept.
  func add(id: Bytes, number: Int, text: Bytes?) {
    if count * 2 >= table.count { grow() }
    var line = Line(number: number)
    if let text, let copy = malloc(max(1, text.count)) {
      if let start = text.baseAddress { memcpy(copy, start, text.count) }
      line.start = copy.assumingMemoryBound(to: UInt8.self)
      line.length = text.count
    }
    insert(Entry(key: OutstandingLines.key(id), line: line))
    count += 1
  }

  /// The line of an event id, which is then no longer outstanding.
  func take(_ id: Bytes) -> Line? {
    let key = OutstandingLines.key(id)
    var at = home(of: key)
    while table[at].key != key {
      if table[at].key == 0 { return nil }
      at = index(after: at)
    }
    let line = table[at].line
    close(gap: at)
    count -= 1
    return line
  }

  private static func key(_ id: Bytes) -> UInt64 { max(1, Hash.of(id)) }

  /// The index at which the search for a key begins.
  private func home(of key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (table.count - 1) }

  private func index(after at: Int) -> Int { (at + 1) & (table.count - 1) }

  private func insert(_ entry: Entry) {
    var at = home(of: entry.key)
    while table[at].key != 0 { at = index(after: at) }
    table[at] = entry
  }

  /// Frees an entry, and moves back the entries after it that a search would no longer reach (linear probing without
  /// tombstones).
  private func close(gap: Int) {
    var gap = gap
    var at = index(after: gap)
    while table[at].key != 0 {
      let distance = (at - home(of: table[at].key)) & (table.count - 1)
      if distance >= (at - gap) & (table.count - 1) {
        table[gap] = table[at]
        gap = at
      }
      at = index(after: at)
    }
    table[gap] = Entry()
  }

  private func grow() {
    let entries = table
    table = [Entry](repeating: Entry(), count: entries.count * 2)
    for entry in entries where entry.key != 0 { insert(entry) }
  }
}
