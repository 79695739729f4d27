// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A table of texts, whose rows are found by their first text, the key, in any case. It is a literal with a perfect hash, which
/// `Sources/AITables/renew.py` computes: most texts that are not a key are ruled out by one look at one number. Not an array of
/// structs: that would be relocated when the library is loaded, or be built on first use, under a lock that a child forked at that
/// moment would find taken forever.
protocol NameTable {
  /// The rows one after the other; each text ends with a NUL.
  static var text: StaticString { get }
  static var multiplier: UInt32 { get }
  static var shift: UInt32 { get }
  /// Where the slot's row starts in `text`; 0 when it has none.
  static func start(ofSlot slot: Int) -> Int
}

extension NameTable {
  /// The texts of the row whose key this is: the key as the table writes it, and those after it.
  @inline(__always)
  static func row(of key: Bytes) -> TableRow? {
    guard key.count > 0 else { return nil }
    let hash = (NameHash.packed(key) &* multiplier) &>> shift
    let start = start(ofSlot: Int(hash))
    return start == 0 ? nil : TableRow(text.utf8Start + start, key)
  }
}

enum NameHash {
  /// What the hash sees of a text: its length, and its first, middle and last byte. Letters lose their case.
  @inline(__always)
  static func packed(_ key: Bytes) -> UInt32 {
    let ends = UInt32(key[0] | 0x20) | UInt32(key[key.count &- 1] | 0x20) &<< 16
    return ends | UInt32(key[key.count &>> 1] | 0x20) &<< 8 | UInt32(truncatingIfNeeded: key.count) &<< 24
  }
}

/// One row of a table: texts that end with a NUL and last forever.
struct TableRow {
  let key: Bytes
  private var rest: UnsafePointer<UInt8>

  /// Nil when the row has another key.
  @inline(never)
  @_optimize(speed)
  init?(_ start: UnsafePointer<UInt8>, _ key: Bytes) {
    for (offset, byte) in key.enumerated() {
      // A NUL in the key must not lead past the row's.
      if start[offset] == 0 || start[offset].lowercased != byte.lowercased { return nil }
    }
    guard start[key.count] == 0 else { return nil }
    self.key = Bytes(start: start, count: key.count)
    rest = start + key.count + 1
  }

  /// Takes the row's next text.
  mutating func next() -> Bytes {
    let text = Bytes(start: rest, count: strlen(UnsafeRawPointer(rest).assumingMemoryBound(to: CChar.self)))
    rest += text.count + 1
    return text
  }
}
