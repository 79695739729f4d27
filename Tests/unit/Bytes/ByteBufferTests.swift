// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Testing

@testable import TPCCore

@Suite("Byte buffer")
struct ByteBufferTests {
  @Test("What is appended keeps its order, through every growth")
  func appends() {
    var buffer = ByteBuffer()
    var model: [UInt8] = []
    var random = Random(seed: 1)
    for _ in 0..<2000 {
      let piece = (0..<Int.random(in: 0...90, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let had = piece.count == 1 ? buffer.append(piece[0]) : piece.withUnsafeBufferPointer { buffer.append($0) }
      #expect(had)
      model += piece
      let (count, capacity) = (buffer.count, buffer.capacity)
      #expect(count == model.count && capacity >= count && capacity <= max(64, 3 * count))
    }
    #expect(Array(buffer.bytes) == model)
  }

  @Test("An empty buffer holds no memory, and nothing appended to it changes that")
  func empty() {
    var buffer = ByteBuffer()
    let had = buffer.append(Bytes(start: nil, count: 0)) && buffer.append("") && buffer.reserve(0)
    let (base, count) = (buffer.base, buffer.count)
    #expect(had && base == nil && count == 0 && buffer.bytes.isEmpty)
    #expect(buffer.take() == nil)
  }

  @Test(
    "A size beyond any memory is refused, and the content stays",
    arguments: [
      Int.max, Int.max - 3, Int.max / 2 + 1, -1, Int.min,
    ])
  func absurdSizes(size: Int) {
    var buffer = ByteBuffer()
    _ = buffer.append("abc")
    let had = buffer.reserve(size)
    // A negative size needs no room.
    #expect(had == (size < 0))
    #expect(string(buffer.bytes) == "abc")
  }

  @Test("Truncating forgets the end alone, and keeps the memory")
  func truncates() {
    var buffer = ByteBuffer()
    _ = buffer.append("abcdef")
    let base = buffer.base
    for (length, wanted) in [(9, "abcdef"), (-1, "abcdef"), (4, "abcd"), (4, "abcd"), (0, "")] {
      buffer.truncate(to: length)
      #expect(string(buffer.bytes) == wanted)
    }
    _ = buffer.append("x")
    let after = buffer.base
    #expect(string(buffer.bytes) == "x" && after == base)
  }

  @Test("The count of written bytes is never more than there is room for, nor negative")
  func commits() {
    var buffer = ByteBuffer()
    _ = buffer.reserve(10)
    buffer.base?.update(repeating: 0x61, count: 10)
    buffer.commit(4)
    buffer.commit(-9)
    #expect(string(buffer.bytes) == "aaaa")
    buffer.commit(Int.max / 2)
    let (count, capacity) = (buffer.count, buffer.capacity)
    #expect(count <= capacity)
  }

  @Test("Memory that was taken belongs to the taker, and the buffer starts afresh")
  func takes() {
    var buffer = ByteBuffer()
    _ = buffer.append("abc")
    let memory = buffer.take()
    defer { free(memory) }
    _ = buffer.append("xyz")
    #expect(memory.map { string(Bytes(start: $0, count: 3)) } == "abc")
    #expect(string(buffer.bytes) == "xyz")
  }

  @Test("A number is appended in decimal", arguments: [0, 1, -1, 9, 10, 99, 100, 12_345, -987, Int.max, Int.min])
  func decimals(number: Int) {
    #expect(writtenText { $0.append(decimal: number) } == "\(number)")
  }

  @Test("A part of a view is cut to what there is")
  func parts() {
    withBytes("abcdef") { bytes in
      for (from, to, wanted) in [
        (0, 6, "abcdef"), (2, 4, "cd"), (-5, 2, "ab"), (4, 99, "ef"), (3, 3, ""), (4, 2, ""), (99, 100, ""),
        (Int.min, Int.max, "abcdef"), (-2, -1, ""),
      ] {
        #expect(string(bytes.part(from, to)) == wanted, "\(from) to \(to)")
      }
    }
    #expect(Bytes(start: nil, count: 0).part(-1, 5).isEmpty)
  }

  @Test("Texts match byte by byte")
  func matches() {
    withBytes("abc") { bytes in
      #expect(bytes.matches("abc") && !bytes.matches("abd") && !bytes.matches("ab") && !bytes.matches("abcd") && !bytes.matches(""))
      #expect(bytes.holds(0x62) && !bytes.holds(0x64))
    }
    let none = Bytes(start: nil, count: 0)
    #expect(none.matches("") && none.matches(none) && !none.matches("a") && !none.holds(0))
  }

  @Test("Bytes are copied whole and no further, at every length and offset")
  func copies() {
    let source = (0..<400).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
    for length in Array(0...160) + [255, 256, 300] {
      for shift in 0..<9 {
        var target = [UInt8](repeating: 0xEE, count: 420)
        source.withUnsafeBufferPointer { from in
          target.withUnsafeMutableBufferPointer { to in
            if let from = from.baseAddress, let to = to.baseAddress { copyBytes(to: to + 10 + shift, from: from + shift, length) }
          }
        }
        let start = 10 + shift
        #expect(Array(target[start..<(start + length)]) == Array(source[shift..<(shift + length)]))
        #expect(target[..<start].allSatisfy { $0 == 0xEE } && target[(start + length)...].allSatisfy { $0 == 0xEE })
      }
    }
  }
}
