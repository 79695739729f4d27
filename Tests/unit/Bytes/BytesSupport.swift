// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Testing

@testable import TPCCore

/// Calls `body` with the text in memory of its own that ends at an unreadable page: a reader that goes one byte too far ends
/// the test run.
func withBytes<Result>(_ text: [UInt8], _ body: (Bytes) throws -> Result) rethrows -> Result {
  let page = Int(getpagesize())
  let readable = (text.count + page - 1) / page * page
  guard let memory = mmap(nil, readable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
    // Fails as well when mmap has, which Swift cannot compare with MAP_FAILED.
    mprotect(memory + readable, page, PROT_NONE) == 0
  else { fatalError("the test machine refuses memory") }
  defer { munmap(memory, readable + page) }
  let start = (memory + readable - text.count).assumingMemoryBound(to: UInt8.self)
  text.withUnsafeBufferPointer { source in
    if let first = source.baseAddress { start.update(from: first, count: text.count) }
  }
  return try body(Bytes(start: start, count: text.count))
}

func withBytes<Result>(_ text: String, _ body: (Bytes) throws -> Result) rethrows -> Result {
  try withBytes(Array(text.utf8), body)
}

/// A part of a text as a string, for comparisons.
func string(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

/// What `write` appends to an empty buffer.
func written(_ write: (inout ByteBuffer) -> Bool) -> [UInt8] {
  var buffer = ByteBuffer()
  let hadMemory = write(&buffer)
  #expect(hadMemory)
  return Array(buffer.bytes)
}

/// The same as a string.
func writtenText(_ write: (inout ByteBuffer) -> Bool) -> String { String(decoding: written(write), as: UTF8.self) }

/// Where `check` finds the text's first flaw; nil when it finds none.
func offset(_ text: String, _ check: (Bytes) -> Flaw?) -> Int? { withBytes(text) { check($0)?.offset } }

/// The same numbers in every run, so that what a property finds can be found again (xorshift64*).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int.random(in: 0..<choices.count, using: &self)] }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func text(of characters: [String], _ lengths: ClosedRange<Int>) -> String {
    (0..<number(lengths)).map { _ in pick(characters) }.joined()
  }

  mutating func bytes(_ lengths: ClosedRange<Int>) -> [UInt8] {
    (0..<number(lengths)).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
  }
}
