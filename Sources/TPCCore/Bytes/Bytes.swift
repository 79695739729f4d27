// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// A view of UTF-8 or other bytes that somebody else owns. All text in the core is handled as bytes: Embedded Swift's
/// `String` comparison would pull in Unicode tables, and nothing here needs them.
public typealias Bytes = UnsafeBufferPointer<UInt8>

extension StaticString {
  /// The literal's UTF-8 bytes, valid for ever. A literal of one scalar has no pointer representation in memory that
  /// `utf8Start` could give, but the compiler only makes those when asked for a `UnicodeScalar` literal.
  @inline(__always)
  public var bytes: Bytes { Bytes(start: utf8Start, count: utf8CodeUnitCount) }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// A literal's bytes, valid for ever.
  @inline(__always)
  public init(_ literal: StaticString) { self = literal.bytes }

  /// Whether a byte occurs.
  @inline(__always)
  func holds(_ byte: UInt8) -> Bool {
    guard let start = baseAddress else { return false }
    return memchr(start, Int32(byte), count) != nil
  }

  /// Where a byte occurs first; nil where it does not.
  @inline(__always)
  func firstPlace(of byte: UInt8) -> Int? {
    guard let start = baseAddress, let found = memchr(start, Int32(byte), count) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(start)
  }

  /// Byte-wise equality.
  @inline(__always)
  public func matches(_ other: Bytes) -> Bool {
    if count != other.count { return false }
    guard let left = baseAddress, let right = other.baseAddress else { return count == 0 }
    return memcmp(left, right, count) == 0
  }

  @inline(__always)
  public func matches(_ literal: StaticString) -> Bool { matches(literal.bytes) }

  /// The view without its first bytes, which it has.
  @inline(__always)
  func tail(_ from: Int) -> Bytes {
    guard let baseAddress, from <= count else { return self }
    return Bytes(start: baseAddress + from, count: count &- from)
  }

  /// Part of the view, without copying; out-of-range bounds are cut to what there is.
  @inline(__always)
  public func part(_ from: Int, _ to: Int) -> Bytes {
    let end = Swift.min(Swift.max(to, 0), count)
    let start = Swift.min(Swift.max(from, 0), end)
    // Nil has no bytes, and so no start but 0.
    return Bytes(start: baseAddress.map { $0 + start }, count: end &- start)
  }
  /// The same for a range.
  @inline(__always)
  public func part(_ range: Range<Int>) -> Bytes { part(range.lowerBound, range.upperBound) }
}
