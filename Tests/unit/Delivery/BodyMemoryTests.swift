// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Foundation
import Testing

@testable import TPCCore

// One after the other: each would get memory where another has just given it back.
@Suite("Memory of bodies", .serialized)
struct BodyMemoryTests {
  /// Room for a body, filled with a number.
  private struct Body {
    let start: UnsafeMutablePointer<UInt8>
    let count: Int
    let filling: UInt8

    init?(_ count: Int, _ filling: UInt8, in memory: inout BodyMemory) {
      guard let start = memory.take(count) else { return nil }
      self.start = start
      self.count = count
      self.filling = filling
      start.initialize(repeating: filling, count: count)
    }

    /// At its ends and at points between them.
    var isIntact: Bool { start[count - 1] == filling && stride(from: 0, to: count, by: 97).allSatisfy { start[$0] == filling } }
  }

  @Test("Bodies of every size keep their bytes while others come and go", arguments: [1, 2, 3] as [UInt64])
  func keeping(seed: UInt64) {
    var memory = BodyMemory()
    var random = Random(seed: seed)
    var bodies: [Body] = []
    for turn in 0..<8000 {
      // Many, then few, then many again.
      let isGrowing = turn / 2000 % 2 == 0
      if bodies.isEmpty || Int.random(in: 0..<10, using: &random) < (isGrowing ? 7 : 3) {
        let longest = [100, 700, 5000, 17_000, 40_000][min(4, Int.random(in: 0..<90, using: &random) / 20)]
        guard let body = Body(Int.random(in: 1...longest, using: &random), UInt8(turn % 251), in: &memory) else {
          return fail("memory ran out")
        }
        bodies.append(body)
      } else {
        let body = bodies.swapRemove(at: Int.random(in: 0..<bodies.count, using: &random))
        #expect(body.isIntact)
        memory.release(body.start, body.count)
      }
    }
    let areIntact = bodies.allSatisfy(\.isIntact)
    #expect(areIntact)
  }

  @Test("Bodies never overlap, at every size around those of the slots")
  func apart() {
    var memory = BodyMemory()
    var bodies: [Body] = []
    for count in [1, 127, 128, 129, 136, 137, 256, 257, 640, 641, 16_383, 16_384, 16_385, 262_080, 262_144, 1_048_576] {
      for _ in 0..<3 {
        guard let body = Body(count, UInt8(bodies.count), in: &memory) else { return fail("memory ran out") }
        bodies.append(body)
      }
    }
    let areIntact = bodies.allSatisfy(\.isIntact)
    #expect(areIntact)
  }

  @Test("A slot that was freed serves the next body of its size")
  func again() {
    var memory = BodyMemory()
    let kept = memory.take(600)
    let first = memory.take(600)
    guard let kept, let first else { return fail("memory ran out") }
    memory.release(first, 600)
    let second = memory.take(605)
    #expect(second == first && second != kept)
  }

  @Test("Memory that has emptied is kept for the next body: a queue that keeps emptying asks the system for none")
  func keptWhenEmpty() {
    var memory = BodyMemory()
    guard let first = Body(600, 7, in: &memory) else { return fail("memory ran out") }
    memory.release(first.start, first.count)
    guard let next = memory.take(600) else { return fail("memory ran out") }
    // What the system gives is zero.
    #expect(next[599] == 7)
  }

  @Test("The slots of a full slab that were freed all serve the next bodies of their size")
  func againWhenFull() {
    var memory = BodyMemory()
    let places = (0..<1000).compactMap { _ in memory.take(600) }
    let returned = Set(places[100..<200])
    for place in returned { memory.release(place, 600) }
    let next = Set((0..<100).compactMap { _ in memory.take(600) })
    #expect(places.count == 1000 && next == returned)
  }

  /// The size of a slab, which begins at a multiple of it.
  private static let slabSize = 256 * 1024

  @Test("Bodies lie in less than a quarter more than their bytes", arguments: [150, 619, 900, 5000, 15_000])
  func density(count: Int) {
    var memory = BodyMemory()
    var slabs: Set<Int> = []
    var isWithin = true
    for number in 0..<10_000 {
      guard let place = memory.take(count + number % 8) else { return fail("memory ran out") }
      slabs.insert(Int(bitPattern: place) / BodyMemoryTests.slabSize)
      // A body that reached beyond its slab would lie in another's memory.
      isWithin = isWithin && Int(bitPattern: place) % BodyMemoryTests.slabSize + count <= BodyMemoryTests.slabSize
    }
    #expect(isWithin)
    #expect((slabs.count - 1) * BodyMemoryTests.slabSize < 10_000 * count * 5 / 4)
  }

  @Test(
    "Large bodies share the process's mappings: each holds at least seven",
    arguments: [(17_000, 256 * 1024), (40_000, 512 * 1024), (200_000, 2048 * 1024)])
  func mappings(count: Int, slabSize: Int) {
    var memory = BodyMemory()
    let before = BodyMemoryTests.mappings()
    let places = (0..<2000).compactMap { _ in memory.take(count) }
    #expect(places.count == 2000 && Set(places.map { Int(bitPattern: $0) / slabSize }).count <= 2000 / 7 + 1)
    #expect(BodyMemoryTests.mappings() - before < 2000 / 7 + 50)
  }

  private static func mappings() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    return text.count { $0 == "\n" }
  }

  @Test("The pages of a large slot are freed while its neighbors stay, and it serves again")
  func pages() {
    var memory = BodyMemory()
    guard let kept = Body(100_000, 1, in: &memory), let freed = Body(100_000, 2, in: &memory) else { return fail("memory ran out") }
    memory.release(freed.start, freed.count)
    // Zeros: fresh memory from the system.
    #expect(freed.start[50_000] == 0 && kept.isIntact)
    #expect(memory.take(100_000) == freed.start)
  }

  @Test("A body larger than any event's is refused")
  func tooLarge() {
    var memory = BodyMemory()
    #expect(memory.take((1 << 20) + 1) == nil && memory.take(1 << 20) != nil)
  }

  @Test("Memory without a body is returned to the system", arguments: [(600, 200_000), (100_000, 2000)])
  func goingBack(count: Int, number: Int) {
    var memory = BodyMemory()
    let places = (0..<number).compactMap { _ in memory.take(count) }
    let slabs = Set(places.map { Int(bitPattern: $0) / BodyMemoryTests.slabSize })
    let held = slabs.filter(isMapped).count
    for place in places { memory.release(place, count) }
    // One is kept, and other suites may get memory at some of the same addresses in that time: there are hundreds.
    #expect(slabs.count > 400 && held == slabs.count && slabs.filter(isMapped).count <= slabs.count / 2 + 1)
  }

  private func isMapped(_ slab: Int) -> Bool {
    var residence: UInt8 = 0
    return mincore(UnsafeMutableRawPointer(bitPattern: slab * BodyMemoryTests.slabSize), 4096, &residence) == 0
  }
}

extension Array {
  /// Takes an element out and moves the last one to its index.
  fileprivate mutating func swapRemove(at index: Int) -> Element {
    swapAt(index, count - 1)
    return removeLast()
  }
}
