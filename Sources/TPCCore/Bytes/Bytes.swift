// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A view of bytes, mostly UTF-8, that someone else owns. All text in the core is handled as bytes: Embedded Swift's
/// `String` comparison would pull in Unicode tables, and nothing here needs them.
package typealias Bytes = UnsafeBufferPointer<UInt8>

extension StaticString {
  /// The literal's UTF-8 bytes, valid forever. (`utf8Start` does not work for a literal stored as a single scalar, but
  /// the compiler only makes those when a `UnicodeScalar` literal is asked for.)
  @inline(__always)
  package var bytes: Bytes { Bytes(start: utf8Start, count: utf8CodeUnitCount) }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// The literal's bytes, valid forever.
  @inline(__always)
  package init(_ literal: StaticString) { self = literal.bytes }

  /// Whether the byte occurs in the view.
  @inline(__always)
  func holds(_ byte: UInt8) -> Bool {
    guard let start = baseAddress else { return false }
    return memchr(start, Int32(byte), count) != nil
  }

  /// The offset of the first occurrence of a byte; nil if it does not occur.
  @inline(__always)
  func firstOffset(of byte: UInt8) -> Int? {
    guard let start = baseAddress, let found = memchr(start, Int32(byte), count) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(start)
  }

  /// Whether both views hold the same bytes.
  @inline(never)
  @_optimize(speed)
  package func matches(_ other: Bytes) -> Bool {
    if count != other.count { return false }
    guard let left = baseAddress, let right = other.baseAddress else { return count == 0 }
    return memcmp(left, right, count) == 0
  }

  @inline(__always)
  package func matches(_ literal: StaticString) -> Bool { matches(literal.bytes) }

  /// The view from `from` on; it must have that many bytes.
  @inline(__always)
  func tail(_ from: Int) -> Bytes {
    guard let baseAddress, from <= count else { return self }
    return Bytes(start: baseAddress + from, count: count &- from)
  }

  /// Part of the view, without copying. Bounds outside the view are clamped to it.
  @inline(never)
  @_optimize(speed)
  package func part(_ from: Int, _ to: Int) -> Bytes {
    let end = Swift.min(Swift.max(to, 0), count)
    let start = Swift.min(Swift.max(from, 0), end)
    // A view without a base address has no bytes, so `start` is 0.
    return Bytes(start: baseAddress.map { $0 + start }, count: end &- start)
  }
  /// Part of the view, given as a range.
  @inline(__always)
  package func part(_ range: Range<Int>) -> Bytes { part(range.lowerBound, range.upperBound) }
}
