// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// A segment as the library writes it, and what was put into it.
struct SegmentImage {
  let salt: UInt64
  var bytes: [UInt8]
  private(set) var records: [SegmentFinding] = []

  init(salt: UInt64 = 0x5A17_0000_C0FF_EE01, tries: UInt8 = 0) {
    self.salt = salt
    bytes = header(salt: salt, tries: tries)
  }

  /// A segment with bodies of these lengths.
  init(salt: UInt64 = 0x5A17_0000_C0FF_EE01, lengths: [Int]) {
    self.init(salt: salt)
    for length in lengths { append(json(length, salt &+ UInt64(records.count))) }
  }

  mutating func append(_ body: [UInt8], type: UInt8 = SegmentRecord.event, state: RecordState = .pending, sequence: UInt32? = nil) {
    // The last record's padding need not be there.
    pad()
    let sequence = sequence ?? (records.last.map { $0.sequence &+ 1 } ?? 0)
    records.append(SegmentFinding(sequence: sequence, offset: bytes.count, state: state, body: body))
    bytes += record(body, type: type, state: state, sequence: sequence, salt: salt)
  }

  mutating func pad() { while bytes.count % 8 != 0 { bytes.append(0) } }

  /// Where the record with this index ends, without its padding.
  func end(of index: Int) -> Int { records[index].offset + SegmentRecord.headerSize + records[index].body.count }
}

struct SegmentFinding: Equatable {
  let sequence: UInt32
  let offset: Int
  let state: RecordState
  let body: [UInt8]
}

/// What a reader tells about a file once it has read all of it.
struct SegmentReading: Equatable {
  var found: [SegmentFinding] = []
  var end: Int
  var nextSequence: UInt32
  var damaged: Int
  var isHostile: Bool
  /// The bytes that were summed.
  var spent: Int

  init(_ reader: SegmentReader) {
    var reader = reader
    let budget = reader.budget
    while let next = reader.next() {
      #expect(next.record.length == next.body.count)
      found.append(
        SegmentFinding(sequence: next.record.sequence, offset: next.offset, state: next.record.state, body: Array(next.body)))
    }
    (end, nextSequence, damaged) = (reader.end, reader.nextSequence, reader.damaged)
    (isHostile, spent) = (reader.isHostile, budget - max(reader.budget, 0))
  }

  /// Nil for a file that is not read.
  init?(_ file: [UInt8]) {
    let reading = withBytes(file) { file in SegmentReader(file).map { SegmentReading($0) } }
    guard let reading else { return nil }
    self = reading
  }

  init(_ file: [UInt8], salt: UInt64, from offset: Int, nextSequence: UInt32 = 0) {
    self = withBytes(file) { SegmentReading(SegmentReader($0, salt: salt, from: offset, nextSequence: nextSequence)) }
  }
}

func header(salt: UInt64, tries: UInt8 = 0) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xEE, count: SegmentHeader.size)
  let header = SegmentHeader(
    salt: salt, startedWallMilliseconds: 1_800_000_000_123, startedBootMilliseconds: 86_400_001, bootTag: 0xB007_B007_B007_B007,
    processID: 4_194_303, tries: tries)
  bytes.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { header.write(to: $0) } }
  return bytes
}

func record(
  _ body: [UInt8], type: UInt8 = SegmentRecord.event, state: RecordState = .pending, sequence: UInt32, salt: UInt64
) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xEE, count: SegmentRecord.headerSize)
  let record = SegmentRecord(
    length: body.count, type: type, state: state, idOffset: 12, idLength: 36, sequence: sequence, acceptedBootMilliseconds: 86_500_000)
  bytes.withUnsafeMutableBytes { bytes in
    body.withUnsafeBufferPointer { body in bytes.baseAddress.map { record.write(to: $0, body: body, salt: salt) } }
  }
  return bytes + body
}

/// A body of a length, which no other seed has.
func json(_ length: Int, _ seed: UInt64) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: length)
  var state = Hash.finish(seed)
  for index in bytes.indices {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    bytes[index] = 0x20 + UInt8(truncatingIfNeeded: (state >> 33) % 95)
  }
  return bytes
}

/// The checksum, one bit after the other: as plain as it can be written.
func plainCRC32C(_ bytes: [UInt8], _ start: UInt32 = ~0) -> UInt32 {
  var sum = start
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
  }
  return sum
}

func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }
