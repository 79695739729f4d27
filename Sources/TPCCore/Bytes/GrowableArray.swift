// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A growable array of plain values in memory from malloc, for anything that input can make long. As in `ByteBuffer`,
/// `append` returns `false` when memory runs out instead of trapping.
struct GrowableArray<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>?
  private(set) var count = 0
  private(set) var capacity = 0

  init() {}

  deinit { free(base) }

  /// The element at `index`; nil outside the array.
  @inline(__always)
  subscript(index: Int) -> Element? {
    guard let base, index >= 0, index < count else { return nil }
    return base[index]
  }

  /// A view of all elements, valid until the array changes.
  @inline(__always)
  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  mutating func replace(_ index: Int, with element: Element) {
    if let base, index >= 0, index < count { base[index] = element }
  }

  /// Changes an element in place; does nothing outside the array.
  @inline(__always)
  mutating func withElement(_ index: Int, _ change: (inout Element) -> Void) {
    if let base, index >= 0, index < count { change(&base[index]) }
  }

  @inline(__always)
  mutating func append(_ element: Element) -> Bool {
    guard count < capacity || grow() else { return false }
    guard let base else { return false }
    (base + count).initialize(to: element)
    count += 1
    return true
  }

  /// Inserts an element before the one at `index`, or at the end. `false` when memory ran out.
  mutating func insert(_ element: Element, at index: Int) -> Bool {
    if index == count { return append(element) }
    guard index >= 0, index < count, reserve(1), let base else { return false }
    memmove(base + index + 1, base + index, (count - index) * MemoryLayout<Element>.stride)
    (base + index).initialize(to: element)
    count += 1
    return true
  }

  /// Drops the elements from `length` on.
  mutating func truncate(to length: Int) {
    if length >= 0 && length < count { count = length }
  }

  /// Calls `body` with the elements from `start` on, to be changed in place.
  mutating func withElements(from start: Int, _ body: (UnsafeMutableBufferPointer<Element>) -> Void) {
    if let base, start >= 0, start < count { body(UnsafeMutableBufferPointer(start: base + start, count: count - start)) }
  }

  mutating func removeLast() -> Element? {
    guard let last = self[count - 1] else { return nil }
    count -= 1
    return last
  }

  @inline(__always)
  mutating func removeAll() { count = 0 }

  /// Makes room for `extra` more elements, so that this many appends cannot fail. `false` when memory ran out.
  mutating func reserve(_ extra: Int) -> Bool {
    while capacity - count < extra {
      if !grow() { return false }
    }
    return true
  }

  @inline(never)
  private mutating func grow() -> Bool {
    let wanted = capacity == 0 ? 8 : capacity * 2
    let (size, overflow) = wanted.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, let grown = realloc(base, size) else { return false }
    base = grown.assumingMemoryBound(to: Element.self)
    capacity = wanted
    return true
  }
}
