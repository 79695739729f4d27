// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("SegmentFormat")
struct SegmentFormatTests {
  // ---- The header ----------------------------------------------------------------------------------------------------

  @Test("A header's bytes are those of the documented layout")
  func laysOutHeader() {
    var expected = Array("TPCSPOOL".utf8) + [1, 0, 0, 0, 64, 0, 0, 0]
    expected += littleEndian(UInt64(0x0123_4567_89AB_CDEF))
    expected += littleEndian(Int64(1_800_000_000_123)) + littleEndian(Int64(86_400_001)) + littleEndian(UInt64(0xB007_B007_B007_B007))
    expected += littleEndian(Int32(4_194_303)) + [UInt8](repeating: 0, count: 8)
    expected += littleEndian(plainCRC32C(expected))
    #expect(header(salt: 0x0123_4567_89AB_CDEF) == expected)
    expected[SegmentHeader.triesOffset] = 5
    #expect(header(salt: 0x0123_4567_89AB_CDEF, tries: 5) == expected)
  }

  @Test("A header is read as it was written, whatever its numbers are")
  func readsHeader() throws {
    for extreme in [Int64.min, -1, 0, 1, .max] {
      var bytes = [UInt8](repeating: 0, count: SegmentHeader.size)
      let written = SegmentHeader(
        salt: UInt64(bitPattern: extreme), startedWallMilliseconds: extreme, startedBootMilliseconds: ~extreme,
        bootTag: UInt64(bitPattern: ~extreme), processID: Int32(truncatingIfNeeded: extreme), tries: UInt8(truncatingIfNeeded: extreme))
      bytes.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { written.write(to: $0) } }
      let read = try #require(withBytes(bytes) { SegmentHeader($0) })
      #expect(read.salt == written.salt && read.bootTag == written.bootTag)
      #expect(read.startedWallMilliseconds == extreme && read.startedBootMilliseconds == ~extreme)
      #expect(read.processID == written.processID && read.tries == written.tries)
    }
  }

  @Test("A header is not read unless it is whole, but its tries may change in place")
  func refusesDamagedHeader() {
    let bytes = header(salt: 7)
    for count in 0..<bytes.count { withBytes(Array(bytes.prefix(count))) { #expect(SegmentHeader($0) == nil, "\(count) bytes") } }
    for bit in 0..<(8 * bytes.count) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      let isTries = bit / 8 == SegmentHeader.triesOffset
      withBytes(flipped) { #expect((SegmentHeader($0)?.tries) == (isTries ? 1 << (bit % 8) : nil), "bit \(bit)") }
    }
  }

  @Test("Another major version is not read, nor records that begin elsewhere; another minor version is, with all that it adds")
  func knowsVersions() {
    let changes: [(offset: Int, bytes: [UInt8], isRead: Bool)] = [
      (8, [0, 0], false), (8, [2, 0], false), (8, [1, 1], false), (12, [72], false), (12, [0, 0, 0, 0], false),
      (10, [1, 0], true), (10, [0xFF, 0xFF], true), (53, [1, 2, 3, 4, 5, 6, 7], true),
    ]
    for change in changes {
      var bytes = header(salt: 7)
      bytes.replaceSubrange(change.offset..<(change.offset + change.bytes.count), with: change.bytes)
      bytes.replaceSubrange(60..<64, with: littleEndian(plainCRC32C(Array(bytes[..<60]))))
      withBytes(bytes) { #expect((SegmentHeader($0) != nil) == change.isRead, "\(change)") }
    }
  }

  // ---- Records -------------------------------------------------------------------------------------------------------

  @Test("A record's bytes are those of the documented layout, and its checksum covers the salt, but neither magic nor state")
  func laysOutRecord() {
    let body = Array(#"{"eventId":"x"}"#.utf8)
    let salt: UInt64 = 0x0123_4567_89AB_CDEF
    func expected(_ magic: [UInt8], _ sum: UInt32, _ state: UInt8) -> [UInt8] {
      magic + littleEndian(sum) + littleEndian(UInt32(body.count)) + [1, state] + littleEndian(UInt16(12)) + littleEndian(UInt32(77))
        + littleEndian(UInt16(36)) + [0, 0] + littleEndian(Int64(86_500_000)) + body
    }
    let sum = plainCRC32C(littleEndian(salt) + expected([0, 0, 0, 0], 0, 0))
    for (state, byte) in [(RecordState.pending, 0x5A), (.delivered, 0xA1), (.rejected, 0xA2), (.expired, 0xA3), (.purged, 0xA4)] {
      #expect(record(body, state: state, sequence: 77, salt: salt) == expected(Array("TPCe".utf8), sum, UInt8(byte)))
      #expect(byte == state.rawValue)
    }
    #expect(SegmentRecord.stateOffset == 13 && SegmentRecord.headerSize == record([], sequence: 0, salt: 0).count)
  }

  @Test("A record is read as it was written, whatever its numbers are")
  func readsRecord() throws {
    for (number, extreme) in [Int64.min, -1, 0, 1, .max].enumerated() {
      let body = json(number * 3, 9)
      let written = SegmentRecord(
        length: body.count, type: UInt8(1 + number * 60), state: .rejected, idOffset: UInt16(truncatingIfNeeded: extreme),
        idLength: UInt16(truncatingIfNeeded: ~extreme), sequence: UInt32(truncatingIfNeeded: extreme), acceptedBootMilliseconds: extreme)
      var bytes = [UInt8](repeating: 0x7E, count: 8 + SegmentRecord.headerSize)
      bytes.withUnsafeMutableBytes { bytes in
        withBytes(body) { body in bytes.baseAddress.map { written.write(to: $0 + 8, body: body, salt: 3) } }
      }
      let read = try #require(withBytes(bytes + body) { SegmentRecord($0, at: 8, salt: 3) })
      #expect(read.length == written.length && read.type == written.type && read.state == written.state)
      #expect(read.idOffset == written.idOffset && read.idLength == written.idLength && read.sequence == written.sequence)
      #expect(read.acceptedBootMilliseconds == extreme)
      withBytes(bytes + body) { #expect(SegmentRecord($0, at: 8, salt: 2) == nil, "another round's salt") }
    }
  }

  @Test("Records begin at multiples of 8")
  func pads() {
    for length in 0...64 {
      let size = SegmentRecord.paddedSize(bodyLength: length)
      #expect(size % 8 == 0 && size - length - SegmentRecord.headerSize >= 0 && size - length - SegmentRecord.headerSize < 8)
    }
  }

  @Test("No offset takes a reader out of the file")
  func staysInside() {
    let image = SegmentImage(lengths: [40])
    for offset in [Int.min, -1, image.bytes.count, image.bytes.count - 31, Int.max - 31, Int.max] {
      withBytes(image.bytes) { #expect(SegmentRecord($0, at: offset, salt: image.salt) == nil) }
    }
    #expect(SegmentRecord(Bytes(start: nil, count: 0), at: 0, salt: 0) == nil)
    #expect(SegmentHeader(Bytes(start: nil, count: 0)) == nil)
  }

  @Test("Any byte that is not an ended state is pending, and one flipped bit never ends a pending record")
  func statesAreFarApart() {
    let ended: [UInt8: RecordState] = [0xA1: .delivered, 0xA2: .rejected, 0xA3: .expired, 0xA4: .purged]
    for byte in UInt8.min...UInt8.max { #expect(RecordState(byte: byte) == ended[byte] ?? .pending) }
    for bit in 0..<8 { #expect(RecordState(byte: RecordState.pending.rawValue ^ 1 << bit) == .pending) }
  }
}
