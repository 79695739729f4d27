// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Bytes that grow, in memory from malloc. A Swift array cannot report that memory ran out (it traps, and a trap kills the
/// host), so whatever an input can make large is kept here: `append` and `reserve` say `false` instead and change nothing.
public struct ByteBuffer: ~Copyable {
  public private(set) var base: UnsafeMutablePointer<UInt8>?
  public private(set) var count = 0
  public private(set) var capacity = 0

  public init() {}

  deinit { free(base) }

  public var bytes: Bytes { Bytes(start: base, count: count) }

  /// Makes room for `extra` more bytes. `false` when memory ran out.
  @inline(__always)
  public mutating func reserve(_ extra: Int) -> Bool {
    if extra <= capacity &- count { return true }
    return grow(extra)
  }

  private mutating func grow(_ extra: Int) -> Bool {
    let (needed, overflow) = count.addingReportingOverflow(extra)
    if overflow || extra < 0 || needed > Int.max / 2 { return false }
    let size = max(needed, min(capacity, Int.max / 4) * 2, 64)
    guard let grown = realloc(base, size) else { return false }
    base = grown.assumingMemoryBound(to: UInt8.self)
    capacity = size
    return true
  }

  @inline(__always)
  public mutating func append(_ byte: UInt8) -> Bool {
    guard reserve(1), let base else { return false }
    base[count] = byte
    count &+= 1
    return true
  }

  @inline(__always)
  public mutating func append(_ text: Bytes) -> Bool {
    guard reserve(text.count), let base else { return text.count == 0 }
    if let start = text.baseAddress { copyBytes(to: base + count, from: start, text.count) }
    count &+= text.count
    return true
  }

  @inline(__always)
  public mutating func append(_ text: StaticString) -> Bool { append(text.bytes) }

  /// The same as `append`, as a call: where speed does not matter, half a kilobyte less of code each.
  @inline(never)
  mutating func put(_ text: Bytes) -> Bool { append(text) }

  mutating func put(_ text: StaticString) -> Bool { put(text.bytes) }

  /// A decimal number.
  public mutating func append(decimal value: Int) -> Bool {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    return withUnsafeMutableBytes(of: &digits) { scratch in
      var magnitude = value.magnitude
      var first = scratch.count
      repeat {
        first -= 1
        scratch[first] = UInt8(truncatingIfNeeded: magnitude % 10) &+ 0x30
        magnitude /= 10
      } while magnitude > 0
      if value < 0 {
        first -= 1
        scratch[first] = UInt8(ascii: "-")
      }
      return append(Bytes(rebasing: UnsafeRawBufferPointer(rebasing: scratch[first...]).bindMemory(to: UInt8.self)[...]))
    }
  }

  /// Counts `extra` bytes as present that were written behind `base + count` after `reserve`.
  @inline(__always)
  public mutating func commit(_ extra: Int) {
    count = min(capacity, count &+ max(0, extra))
  }

  /// Forgets what stands behind `length`; the memory stays for what comes next.
  @inline(__always)
  public mutating func truncate(to length: Int) {
    if length >= 0 && length < count { count = length }
  }

  /// Gives the memory away, to be freed with `free`; the buffer is empty afterwards.
  public mutating func take() -> UnsafeMutablePointer<UInt8>? {
    let taken = base
    base = nil
    count = 0
    capacity = 0
    return taken
  }
}

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
}
