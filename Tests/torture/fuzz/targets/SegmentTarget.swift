// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// Any bytes as a segment of the spool, and segments as the library writes them that are damaged afterwards: what is found was
/// written, what is still whole is found, and the work is bounded.
func fuzzSegment(_ input: inout FuzzInput) {
  let choice = input.byte()
  if choice & 1 == 0 {
    let rest = input.remainder().bytes
    checkHeader(rest)
    if let reader = SegmentReader(rest) { check(reader, rest) }
    // Without a header: what follows would hardly ever be reached.
    check(SegmentReader(rest, salt: 0, from: Int(choice >> 1) * 8), rest)
    return
  }
  var segment = FuzzSegment(salt: input.word())
  for _ in 0..<(choice >> 1 & 15) { segment.append(input.text().bytes, type: max(1, input.byte() & 3)) }
  let whole = FuzzText(segment.bytes).bytes
  guard let reader = SegmentReader(whole) else { fatalError("not so: a segment that was written is read") }
  demand(reader.header.salt == segment.salt, "the salt is read as it was written")
  demand(check(reader, whole) == segment.events, "each event that was written is read")
  var damage = SegmentDamage(segment, changes: choice >> 5)
  damage.apply(&input)
  checkDamaged(segment, FuzzText(damage.bytes).bytes)
}

/// A record as it was put into the segment, or found there.
private struct FuzzRecord: Equatable {
  let offset: Int
  let sequence: UInt32
  let type: UInt8
  let bytes: [UInt8]

  var end: Int { offset + SegmentRecord.headerSize + bytes.count }

  /// Whether each of its bytes is in the file, but for the state.
  func isWhole(in file: Bytes, _ written: [UInt8]) -> Bool {
    end <= file.count && (offset..<end).allSatisfy { file[$0] == written[$0] || $0 == offset + SegmentRecord.stateOffset }
  }
}

private struct FuzzSegment {
  let salt: UInt64
  private(set) var bytes: [UInt8]
  private(set) var records: [FuzzRecord] = []
  var events: [FuzzRecord] { records.filter { $0.type == SegmentRecord.event } }

  init(salt: UInt64) {
    self.salt = salt
    bytes = [UInt8](repeating: 0, count: SegmentHeader.size)
    let header = SegmentHeader(
      salt: salt, startedWallMilliseconds: 1, startedBootMilliseconds: 2, bootTag: 3, processID: 4,
      tries: UInt8(truncatingIfNeeded: salt))
    bytes.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { header.write(to: $0) } }
  }

  mutating func append(_ body: Bytes, type: UInt8) {
    while bytes.count % 8 != 0 { bytes.append(0) }
    let sequence = UInt32(records.count)
    records.append(FuzzRecord(offset: bytes.count, sequence: sequence, type: type, bytes: Array(body)))
    let record = SegmentRecord(
      length: body.count, type: type, idOffset: 1, idLength: 2, sequence: sequence, acceptedBootMilliseconds: Int64(body.count))
    var header = [UInt8](repeating: 0, count: SegmentRecord.headerSize)
    header.withUnsafeMutableBytes { header in header.baseAddress.map { record.write(to: $0, body: body, salt: salt) } }
    bytes += header + body
  }
}

/// What a kill, a power cut and rot do to the bytes after the header.
private struct SegmentDamage {
  private(set) var bytes: [UInt8]
  private let old: [UInt8]
  private let changes: UInt8

  init(_ segment: FuzzSegment, changes: UInt8) {
    (bytes, self.changes) = (segment.bytes, changes)
    // The same records in an earlier round of the same segment, one byte further in their file.
    var old = FuzzSegment(salt: ~segment.salt)
    for record in segment.records { old.append(FuzzText(record.bytes + [UInt8(ascii: "}")]).bytes, type: record.type) }
    self.old = old.bytes
  }

  mutating func apply(_ input: inout FuzzInput) {
    for _ in 0..<changes {
      let kind = input.byte()
      guard bytes.count > SegmentHeader.size else { return }
      let at = SegmentHeader.size + (Int(input.byte()) << 8 | Int(input.byte())) % (bytes.count - SegmentHeader.size)
      switch kind & 3 {
      case 0: bytes[at] ^= max(1, input.byte())
      case 1: bytes.removeSubrange(at...)
      case 2: replaceSector(at & ~511) { _ in 0 }
      default: replaceSector(at & ~511) { [old] index in index < old.count ? old[index] : 0 }
      }
    }
  }

  private mutating func replaceSector(_ start: Int, _ byte: (Int) -> UInt8) {
    for index in max(start, SegmentHeader.size)..<min(start + 512, bytes.count) { bytes[index] = byte(index) }
  }
}

// ---- What holds for every file ---------------------------------------------------------------------------------------

/// A header that is read is written as the same again.
private func checkHeader(_ file: Bytes) {
  guard let header = SegmentHeader(file) else { return }
  var again = [UInt8](repeating: 0, count: SegmentHeader.size)
  again.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { header.write(to: $0) } }
  // The minor version and the reserved bytes are a later version's.
  let isSame = (0..<60).allSatisfy { again[$0] == file[$0] || $0 == 10 || $0 == 11 || $0 > SegmentHeader.triesOffset }
  demand(isSame, "a header is written as it was read")
}

/// The events that are found.
@discardableResult
private func check(_ reader: SegmentReader, _ file: Bytes) -> [FuzzRecord] {
  var (reader, found) = (reader, [FuzzRecord]())
  let (budget, start) = (reader.budget, reader.end)
  var last = start
  while let next = reader.next() {
    demand(next.offset % 8 == 0 && next.offset >= last, "offsets are multiples of 8 and rise")
    last = next.offset + SegmentRecord.paddedSize(bodyLength: next.body.count)
    demand(reader.end == last && reader.nextSequence == next.record.sequence &+ 1, "the end is after what was found last")
    demand(next.record.length == next.body.count && last <= (file.count + 7) & ~7, "a record is in the file")
    if let body = next.body.baseAddress, let base = file.baseAddress {
      demand(body - base == next.offset + SegmentRecord.headerSize, "a body is where it is in the file")
    }
    found.append(
      FuzzRecord(offset: next.offset, sequence: next.record.sequence, type: next.record.type, bytes: Array(next.body)))
  }
  demand(reader.next() == nil, "nothing is found after the end")
  demand(reader.end >= last && (reader.end == start || reader.end <= (file.count + 7) & ~7), "the end is in the file")
  demand(reader.damaged >= 0 && reader.damaged <= file.count / SegmentRecord.headerSize, "what is lost had room in the file")
  demand(budget <= 4 * file.count && (reader.budget < 0) == reader.isHostile, "no more is summed than four bytes a byte")
  return found
}

private func checkDamaged(_ segment: FuzzSegment, _ file: Bytes) {
  guard let reader = SegmentReader(file) else { fatalError("not so: the header is as it was") }
  let found = check(reader, file)
  demand(found.allSatisfy { segment.events.contains($0) }, "what is found was written")
  guard !isHostile(reader) else { return }
  demand(found == segment.events.filter { $0.isWhole(in: file, segment.bytes) }, "what is whole is found")
  // A reader that goes on after any of them finds the others.
  for (index, record) in found.enumerated() {
    let from = record.offset + SegmentRecord.paddedSize(bodyLength: record.bytes.count)
    let rest = SegmentReader(file, salt: segment.salt, from: from, nextSequence: record.sequence &+ 1)
    let others = check(rest, file)
    // What is left of the file may be hostile where the whole is not.
    demand(isHostile(rest) || others == Array(found[(index + 1)...]), "a reader goes on where another ended")
  }
}

private func isHostile(_ reader: SegmentReader) -> Bool {
  var reader = reader
  while reader.next() != nil {}
  return reader.isHostile
}
