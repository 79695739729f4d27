// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
@testable import TPCCore

/// Any sequence of bodies that come and go: each keeps its bytes until it is freed, so that no two overlap.
func fuzzMemory(_ input: inout FuzzInput) {
  var memory = BodyMemory()
  var bodies: [(start: UnsafeMutablePointer<UInt8>, count: Int, mark: UInt8)] = []
  var mark: UInt8 = 0
  while !input.isEmpty {
    let choice = input.byte()
    if choice & 1 == 0, !bodies.isEmpty {
      let body = bodies.remove(at: Int(choice >> 1) % bodies.count)
      check(body)
      memory.release(body.start, body.count)
    } else {
      // Sizes near a power of two, and up to those that get memory of their own.
      let count = max(1, (1 << Int(choice >> 1) % 17) + Int(Int8(bitPattern: input.byte())))
      guard let start = memory.take(count) else { fatalError("memory ran out") }
      mark &+= 1
      memset(start, Int32(mark), count)
      bodies.append((start, count, mark))
    }
  }
  // Those that are left go with the memory.
  for body in bodies { check(body) }
}

private func check(_ body: (start: UnsafeMutablePointer<UInt8>, count: Int, mark: UInt8)) {
  demand((0..<body.count).allSatisfy { body.start[$0] == body.mark }, "a body keeps its bytes until it is freed")
}
