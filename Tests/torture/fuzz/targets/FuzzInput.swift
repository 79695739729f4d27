// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Reads numbers and texts off a fuzzer's input, front to back. At its end numbers are 0 and texts empty.
struct FuzzInput {
  private var rest: Bytes

  init(_ data: Bytes) { rest = data }

  var isEmpty: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 {
    guard let first = rest.first else { return 0 }
    rest = Bytes(rebasing: rest.dropFirst())
    return first
  }

  mutating func word() -> UInt64 {
    var word: UInt64 = 0
    for _ in 0..<8 { word = word << 8 | UInt64(byte()) }
    return word
  }

  /// A text that a byte in front gives the length of; from 240 on times 16.
  mutating func text() -> FuzzText {
    let length = byte()
    return take(length < 240 ? Int(length) : Int(length - 240) * 16)
  }

  mutating func remainder() -> FuzzText { take(rest.count) }

  private mutating func take(_ count: Int) -> FuzzText {
    let taken = Bytes(rebasing: rest.prefix(count))
    rest = Bytes(rebasing: rest.dropFirst(count))
    return FuzzText(taken)
  }
}

/// A text in memory of exactly its size, so that the address sanitizer sees a read beyond it. It stays until the `keepingTexts`
/// ends in which it was made: an object would go with its last use, which is before a view's.
struct FuzzText {
  let bytes: Bytes

  init<Source: Collection>(_ text: Source) where Source.Element == UInt8 {
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    _ = memory.initialize(from: text)
    bytes = Bytes(memory)
    FuzzText.kept.append(bytes)
  }

  /// For the calls of C.
  var start: UnsafePointer<CChar>? {
    bytes.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
  }
  var count: Int { bytes.count }

  fileprivate nonisolated(unsafe) static var kept: [Bytes] = []
}

/// Frees the texts that `body` makes.
func keepingTexts(_ body: () -> Void) {
  let before = FuzzText.kept.count
  body()
  while FuzzText.kept.count > before { FuzzText.kept.removeLast().deallocate() }
}

/// Ends the process, which the fuzzer reports with the input, unless the sentence holds.
@inline(__always)
func demand(_ holds: Bool, _ sentence: StaticString) {
  if !holds { fatalError("not so: \(sentence)") }
}

/// Whether a text occurs in another.
func holds(_ text: Bytes, _ part: Bytes) -> Bool {
  guard let first = part.first else { return true }
  var rest = text
  while let base = rest.baseAddress, rest.count >= part.count, let found = memchr(base, Int32(first), rest.count) {
    rest = Bytes(rebasing: rest.dropFirst(UnsafeRawPointer(found) - UnsafeRawPointer(base)))
    if rest.part(0, part.count).matches(part) { return true }
    rest = Bytes(rebasing: rest.dropFirst())
  }
  return false
}
