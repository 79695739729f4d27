// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// What a kill, a power cut, rot and malice leave of a segment.
@Suite("SegmentDamage")
struct SegmentDamageTests {
  @Test("Of each prefix exactly the whole records are read")
  func readsPrefixes() {
    let image = SegmentImage(lengths: [0, 100, 7, 333, 64, 1, 250])
    for count in 0...image.bytes.count {
      guard let reading = SegmentReading(Array(image.bytes.prefix(count))) else {
        #expect(count < SegmentHeader.size)
        continue
      }
      #expect(count >= SegmentHeader.size)
      let whole = image.records.indices.filter { image.end(of: $0) <= count }
      #expect(reading.found == whole.map { image.records[$0] }, "\(count) bytes")
      #expect(reading.end == whole.last.map { (image.end(of: $0) + 7) & ~7 } ?? SegmentHeader.size)
      #expect(reading.nextSequence == UInt32(whole.count) && reading.damaged == 0 && !reading.isHostile)
    }
  }

  @Test("Each single flipped bit after the header loses at most its own record, and never in the state byte or in padding")
  func survivesFlippedBits() {
    let image = SegmentImage(lengths: [0, 100, 7, 203, 64, 1])
    for bit in (8 * SegmentHeader.size)..<(8 * image.bytes.count) {
      let byte = bit / 8
      var flipped = image.bytes
      flipped[byte] ^= 1 << (bit % 8)
      let hit = image.records.indices.first { byte >= image.records[$0].offset && byte < image.end(of: $0) }
      let isState = hit.map { byte == image.records[$0].offset + SegmentRecord.stateOffset } ?? false
      let lost = isState ? nil : hit
      let reading = SegmentReading(flipped)
      #expect(reading?.found == image.records.enumerated().filter { $0.offset != lost }.map(\.element), "bit \(bit)")
      #expect(reading?.damaged == (lost == nil || lost == image.records.indices.last ? 0 : 1), "bit \(bit)")
    }
  }

  @Test("A flipped bit in the header leaves the segment unread, unless it counts tries; with its salt, all of it is read")
  func survivesFlippedHeader() {
    let image = SegmentImage(lengths: [20, 30])
    for bit in 0..<(8 * SegmentHeader.size) {
      var flipped = image.bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(SegmentReading(flipped)?.found == (bit / 8 == SegmentHeader.triesOffset ? image.records : nil))
      #expect(SegmentReading(flipped, salt: image.salt, from: SegmentHeader.size).found == image.records)
    }
  }

  /// What is in a file of a round: its records of which each byte but the state is there.
  private func intact(_ image: SegmentImage, in file: [UInt8]) -> [SegmentFinding] {
    image.records.indices.filter { index in
      let (start, state, end) = (image.records[index].offset, SegmentRecord.stateOffset, image.end(of: index))
      return end <= file.count && isSame(image.bytes, file, start, start + state) && isSame(image.bytes, file, start + state + 1, end)
    }.map { image.records[$0] }
  }
  private func isSame(_ left: [UInt8], _ right: [UInt8], _ from: Int, _ to: Int) -> Bool {
    left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { left.part(from, to).matches($0.part(from, to)) } }
  }

  @Test("In a segment that was rewound and written anew up to any byte, only whole records of the new round are found")
  func survivesRewinding() {
    let old = SegmentImage(salt: 1, lengths: [300, 20, 64, 500, 8, 8, 8, 200])
    // The first record ends where one of the old round begins.
    let new = SegmentImage(salt: 2, lengths: [300, 0, 71, 9, 400])
    for count in SegmentHeader.size...new.bytes.count {
      let file = Array(new.bytes[..<count]) + old.bytes[count...]
      let reading = SegmentReading(file)
      // A header that is not all written is whole if the bytes of the old round that follow are the same.
      #expect(reading?.found == intact(new, in: file), "\(count) bytes")
      #expect(reading?.found.count ?? 0 >= new.records.indices.count { new.end(of: $0) <= count })
      #expect(reading?.damaged == 0 && reading?.isHostile == false)
    }
  }

  @Test("In mixtures of old, new and zero sectors, exactly the whole records of the header's round are found")
  func survivesMixedSectors() {
    var random = SeededGenerator(seed: 14)
    var both = 0
    for round in UInt64(0)..<1000 {
      let rounds = [1, 2].map { which in
        SegmentImage(salt: 100 * which + round, lengths: (0..<12).map { _ in random.number(0...random.pick([40, 300, 1200])) })
      }
      let size = (max(rounds[0].bytes.count, rounds[1].bytes.count) + 511) & ~511
      let zeros = [UInt8](repeating: 0, count: size)
      let sources = rounds.map { $0.bytes + zeros.suffix(size - $0.bytes.count) } + [zeros]
      var file: [UInt8] = []
      for at in stride(from: 0, to: size, by: 512) {
        file += random.pick(at == 0 ? Array(sources[..<2]) : sources)[at..<(at + 512)]
      }
      let (mine, other) = file[16] == sources[0][16] ? (rounds[0], rounds[1]) : (rounds[1], rounds[0])
      let expected = intact(mine, in: file)
      #expect(SegmentReading(file)?.found == expected)
      if !expected.isEmpty, !intact(other, in: file).isEmpty { both += 1 }
    }
    #expect(both > 500)
  }

  @Test("A record that a body spells out is not found, even if the record around it is damaged, unless it has the segment's salt")
  func refusesForgeries() {
    for (salt, isFound) in [(UInt64(1), false), (SegmentImage().salt ^ 1, false), (SegmentImage().salt, true)] {
      let forged = record(Array("forged".utf8), sequence: 1, salt: salt)
      var image = SegmentImage(lengths: [9])
      image.append(Array(#"{"userAgent":""#.utf8) + [UInt8](repeating: 0x20, count: 2) + forged + Array(#""}"#.utf8))
      image.append(json(10, 3))
      #expect(SegmentReading(image.bytes)?.found == image.records, "within a whole record nothing is looked for")
      image.bytes[image.records[1].offset + SegmentRecord.headerSize] ^= 1
      let found = SegmentReading(image.bytes)?.found.map(\.body)
      let inside = isFound ? [Array("forged".utf8)] : []
      #expect(found == [image.records[0].body] + inside + [image.records[2].body])
    }
  }

  @Test("Text that looks like records at every eighth byte costs no checksum, wherever it ends")
  func visitorsCostNothing() {
    for tail in 0..<8 {
      // Of another round, so that all bodies are searched.
      var old = SegmentImage(salt: 1)
      let text = Array(String(repeating: "TPCe \"} ", count: 40).utf8) + Array("TPCe1234}}}}}}}}".utf8.prefix(8 + tail))
      for _ in 0..<60 { old.append(text) }
      old.pad()
      let reading = SegmentReading(header(salt: 2) + old.bytes[SegmentHeader.size...])
      #expect(reading?.found == [] && reading?.isHostile == false)
      // Each record once, where it really begins.
      #expect((reading?.spent ?? .max) <= old.bytes.count + 60 * 8, "\(tail) bytes after the last")
    }
  }

  @Test("A hostile mebibyte is given up after work for four bytes a byte, and what was found before is kept")
  func boundsWork() throws {
    let size = 1 << 20
    for step in [8, 16, 32, 40] {
      var image = SegmentImage(lengths: [100, 100])
      image.pad()
      let lure = Array("TPCe".utf8) + littleEndian(UInt32(7))
      while image.bytes.count < size {
        // The length reaches to the end; with a step of 8 the magic of one is the length of another, which is too large.
        image.bytes += lure
        if step > 8 { image.bytes += littleEndian(UInt32(max(0, size - image.bytes.count - 48))) + [1, 0x5A, 0, 0] }
        image.bytes += [UInt8](repeating: 0, count: max(0, step - 16))
      }
      let reading = try #require(SegmentReading(image.bytes))
      #expect(reading.isHostile == (step > 8), "a lure each \(step) bytes")
      #expect(reading.found == image.records && reading.end == image.records[1].offset + 136)
      #expect(reading.spent <= 4 * image.bytes.count)
    }
  }

  @Test("Bytes changed at random add no record")
  func survivesChangedBytes() {
    var random = SeededGenerator(seed: 41)
    let image = SegmentImage(lengths: [0, 100, 7, 203, 64, 1])
    for _ in 0..<2000 {
      var changed = image.bytes
      for _ in 0..<random.number(1...6) {
        let index = random.number(SegmentHeader.size...(changed.count - 1))
        changed[index] = random.pick([0, 1, 0x54, 0xFF, UInt8(random.number(0...255))])
      }
      let reading = SegmentReading(changed, salt: image.salt, from: SegmentHeader.size)
      #expect(reading.found.map(\.body) == intact(image, in: changed).map(\.body))
    }
  }
}
