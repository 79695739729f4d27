// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("SegmentReader")
struct SegmentReaderTests {
  @Test("What was written is read back: bodies of every length up to 100 bytes and of a mebibyte, in each state")
  func readsBack() throws {
    var image = SegmentImage(tries: 3)
    let states: [RecordState] = [.pending, .delivered, .rejected, .expired, .purged]
    for length in 0...100 { image.append(json(length, UInt64(length)), state: states[length % states.count]) }
    image.append(json(SegmentRecord.maximumLength, 101))
    let reading = try #require(SegmentReading(image.bytes))
    #expect(reading.found == image.records)
    #expect(reading.end == image.bytes.count && reading.nextSequence == 102 && reading.damaged == 0 && !reading.isHostile)
    withBytes(image.bytes) { #expect(SegmentReader($0)?.header.salt == image.salt && SegmentReader($0)?.header.tries == 3) }
  }

  @Test("A header alone is a segment without records, and zeros after the last record change nothing")
  func readsEmpty() throws {
    var image = SegmentImage()
    let empty = try #require(SegmentReading(image.bytes))
    #expect(empty.found.isEmpty && empty.end == SegmentHeader.size && empty.nextSequence == 0)
    image.append(json(13, 1))
    let reading = try #require(SegmentReading(image.bytes + [UInt8](repeating: 0, count: 5000)))
    #expect(reading.found == image.records && reading.end == SegmentHeader.size + 48)
  }

  @Test("The last record is read without its padding, and the next one is to begin after it")
  func needsNoPadding() throws {
    for length in 0..<8 {
      let image = SegmentImage(lengths: [20, length])
      let reading = try #require(SegmentReading(image.bytes))
      #expect(reading.found == image.records)
      #expect(reading.end == image.records[1].offset + SegmentRecord.paddedSize(bodyLength: length))
    }
  }

  @Test("A record longer than a mebibyte is not read, nor one that ends after the file, nor one of type 0")
  func boundsLength() throws {
    var image = SegmentImage()
    image.append(json(SegmentRecord.maximumLength + 1, 1))
    image.append(json(8, 2), type: 0)
    image.append(json(8, 3))
    let reading = try #require(SegmentReading(image.bytes))
    #expect(reading.found == [image.records[2]])
    for length in [UInt32(9), 1 << 20, 0x7FFF_FFFF, 0x8000_0000, .max] {
      var bytes = SegmentImage(lengths: [8]).bytes
      bytes.replaceSubrange(72..<76, with: littleEndian(length))
      #expect(SegmentReading(bytes)?.found == [])
    }
  }

  @Test("Records of unknown types are passed over, and their place is taken")
  func passesOverUnknownTypes() throws {
    var image = SegmentImage()
    for type in UInt8(1)...255 { image.append(json(Int(type) % 11, UInt64(type)), type: type) }
    let reading = try #require(SegmentReading(image.bytes))
    #expect(reading.found == [image.records[0]])
    image.pad()
    #expect(reading.end == image.bytes.count && reading.nextSequence == 255 && reading.damaged == 0)
  }

  // ---- Sequences -----------------------------------------------------------------------------------------------------

  @Test("The records that are lost before one that is read are counted")
  func countsLost() throws {
    for (first, last) in [(0, 0), (0, 3), (2, 2), (3, 5), (0, 6), (7, 7)] {
      var image = SegmentImage(lengths: [50, 3, 0, 1, 80, 9, 17, 30])
      for index in image.records[first].offset..<image.end(of: last) { image.bytes[index] = 0 }
      let reading = try #require(SegmentReading(image.bytes))
      #expect(reading.found == image.records.enumerated().filter { !(first...last).contains($0.offset) }.map(\.element))
      // Nothing after the last record tells that it was there.
      #expect(reading.damaged == (last == 7 ? 0 : last - first + 1), "\(first) to \(last)")
    }
  }

  @Test("A number that was skipped without room for its record is not a loss, nor is one that goes back or starts over")
  func countsOnlyWhatHadRoom() throws {
    var image = SegmentImage()
    for (index, sequence) in [0, 5, 6, 2, UInt32.max - 1, .max, 0].enumerated() {
      image.append(json(16, UInt64(index)), sequence: sequence)
    }
    let reading = try #require(SegmentReading(image.bytes))
    #expect(reading.found == image.records && reading.damaged == 0 && reading.nextSequence == 1)
    // A hole of 64 bytes is room for two, however many numbers are missing.
    image.bytes += [UInt8](repeating: 0, count: 64)
    image.append(json(16, 9), sequence: 1 << 30)
    #expect(SegmentReading(image.bytes)?.damaged == 2)
  }

  // ---- From an offset on ---------------------------------------------------------------------------------------------

  @Test("A reader that goes on at its end finds what was appended since, in the file or in a copy from there on")
  func goesOn() throws {
    var image = SegmentImage(lengths: [10, 11, 12])
    let before = try #require(SegmentReading(image.bytes))
    let again = SegmentReading(image.bytes, salt: image.salt, from: before.end, nextSequence: before.nextSequence)
    #expect(again.found.isEmpty && again.end == before.end && again.nextSequence == 3 && again.damaged == 0)
    image.append(json(13, 4))
    image.append(json(14, 5))
    let new = SegmentReading(image.bytes, salt: image.salt, from: before.end, nextSequence: before.nextSequence)
    #expect(new.found == Array(image.records[3...]) && new.nextSequence == 5 && new.damaged == 0)
    let copy = SegmentReading(Array(image.bytes[before.end...]), salt: image.salt, from: 0, nextSequence: before.nextSequence)
    #expect(copy.found.map(\.body) == image.records[3...].map(\.body) && copy.end == new.end - before.end && copy.damaged == 0)
  }

  @Test("A record that is half written is not read, and is read once it is whole")
  func waitsForWhole() throws {
    let image = SegmentImage(lengths: [10, 200])
    let end = image.records[1].offset
    for count in end..<image.bytes.count {
      let half = SegmentReading(Array(image.bytes[..<count]), salt: image.salt, from: end, nextSequence: 1)
      #expect(half.found.isEmpty && half.end == end && half.nextSequence == 1)
      // As long as the file will be, but not yet written.
      let zeros = Array(image.bytes[..<count]) + [UInt8](repeating: 0, count: image.bytes.count - count)
      #expect(SegmentReading(zeros, salt: image.salt, from: end, nextSequence: 1).found.isEmpty || zeros == image.bytes)
    }
    #expect(SegmentReading(image.bytes, salt: image.salt, from: end, nextSequence: 1).found == [image.records[1]])
  }

  @Test("A copy that shows a record half written and then the next one counts the first as damaged")
  func tellsTornCopy() {
    var image = SegmentImage(lengths: [10, 600, 12])
    for index in (image.records[1].offset + 300)..<image.end(of: 1) { image.bytes[index] = 0 }
    let torn = SegmentReading(image.bytes, salt: image.salt, from: image.records[1].offset, nextSequence: 1)
    #expect(torn.found == [image.records[2]] && torn.damaged == 1)
  }

  @Test("An offset outside the file finds nothing")
  func takesAnyOffset() {
    let image = SegmentImage(lengths: [10])
    for offset in [Int.min, -8, image.bytes.count, image.bytes.count + 8, Int.max] {
      let reading = SegmentReading(image.bytes, salt: image.salt &+ 1, from: offset)
      #expect(reading.found.isEmpty && reading.end == max(offset, 0) && !reading.isHostile)
    }
  }
}
