// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Makes event ids that depend only on a log's lines, so that replaying a log again sends the same ids: a UUID of version 8
/// (RFC 9562, 5.8 and B.2) from the first 128 bits of SHA-256(site LF line); for the nth of equal lines, from the second one
/// on, of SHA-256(site LF line LF n). Of a line with an identity, such as its file and its offset there, the id is that of
/// SHA-256(site LF LF identity LF line): the line is part of it, since a name and an offset recur when files are rotated.
struct LineIdentity: ~Copyable {
  private let site: [UInt8]
  private let digest = LineDigest()
  private var occurrences = OccurrenceTable()

  init(site: [UInt8]) { self.site = site }

  /// Appends the id of the next line. `false` when memory ran out.
  mutating func append(_ line: Bytes, to id: inout ByteBuffer) -> Bool {
    begin(line)
    var bits = digest.finish()
    let occurrence = occurrences.count(bits.high)
    if occurrence > 1 {
      begin(line)
      digest.add("\n")
      Digits.decimal(occurrence).withUnsafeBufferPointer { digest.add($0) }
      bits = digest.finish()
    }
    return LineIdentity.appendUUID(bits, to: &id)
  }

  /// Appends the id of a line that has an identity. `false` when memory ran out.
  func append(_ line: Bytes, identity: Bytes, to id: inout ByteBuffer) -> Bool {
    site.withUnsafeBufferPointer { LineIdentity.append(line, identity: identity, site: $0, digest, to: &id) }
  }

  static func append(_ line: Bytes, identity: Bytes, site: Bytes, _ digest: LineDigest, to id: inout ByteBuffer) -> Bool {
    digest.begin()
    digest.add(site)
    digest.add("\n\n")
    digest.add(identity)
    digest.add("\n")
    digest.add(line)
    return appendUUID(digest.finish(), to: &id)
  }

  private func begin(_ line: Bytes) {
    digest.begin()
    site.withUnsafeBufferPointer { digest.add($0) }
    digest.add("\n")
    digest.add(line)
  }

  private static func appendUUID(_ bits: (high: UInt64, low: UInt64), to id: inout ByteBuffer) -> Bool {
    let high = bits.high & ~0xF000 | 0x8000
    let low = bits.low & ~(3 << 62) | 2 << 62
    guard id.reserve(36) else { return false }
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { _ = id.append(UInt8(ascii: "-")) }
      let word = nibble < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15))) & 15
      _ = id.append(digit < 10 ? digit + 0x30 : digit + 0x57)
    }
    return true
  }
}

/// Counts how often a line has occurred. Equal lines are of the same second, so they are close together: the table remembers
/// at least the last half million lines and forgets older ones, so that it stays below 32 MiB however long the log is.
private struct OccurrenceTable: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var key: UInt64 = 0
    var count: UInt64 = 0
  }

  private static let mostEntries = 1 << 19

  private var recent = [Entry](repeating: Entry(), count: 1 << 12)
  private var older: [Entry] = []
  private var used = 0

  /// Counts the key once more. Returns how often it has occurred, including this time.
  mutating func count(_ key: UInt64) -> Int {
    if used * 2 >= recent.count { makeRoom() }
    let at = OccurrenceTable.find(key, in: recent)
    if recent[at].count == 0 {
      used += 1
      let before = older.isEmpty ? 0 : older[OccurrenceTable.find(key, in: older)].count
      recent[at] = Entry(key: key, count: before)
    }
    recent[at].count += 1
    return Int(recent[at].count)
  }

  /// The index of the key's entry, or of the free entry where it belongs.
  private static func find(_ key: UInt64, in table: [Entry]) -> Int {
    var at = Int(truncatingIfNeeded: key) & (table.count - 1)
    while table[at].count > 0 && table[at].key != key { at = (at + 1) & (table.count - 1) }
    return at
  }

  private mutating func makeRoom() {
    guard used < OccurrenceTable.mostEntries else {
      older = recent
      recent = [Entry](repeating: Entry(), count: recent.count)
      used = 0
      return
    }
    var grown = [Entry](repeating: Entry(), count: recent.count * 2)
    for entry in recent where entry.count > 0 { grown[OccurrenceTable.find(entry.key, in: grown)] = entry }
    recent = grown
  }
}
