// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A growable byte buffer in memory from malloc. A Swift array cannot report that memory ran out (it traps, and a trap
/// kills the host), so anything that input can make large is kept here: when memory runs out, `append` and `reserve`
/// return `false` and change nothing.
@usableFromInline  // An Embedded build of another module has to see how it is freed.
package struct ByteBuffer: ~Copyable {
  package private(set) var base: UnsafeMutablePointer<UInt8>?
  package private(set) var count = 0
  package private(set) var capacity = 0

  package init() {}

  deinit { free(base) }

  package var bytes: Bytes { Bytes(start: base, count: count) }

  /// Makes room for `extra` more bytes. `false` when memory ran out.
  @inline(__always)
  package mutating func reserve(_ extra: Int) -> Bool {
    if extra <= capacity &- count { return true }
    return grow(extra)
  }

  @inline(never)
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
  package mutating func append(_ byte: UInt8) -> Bool {
    guard reserve(1), let base else { return false }
    base[count] = byte
    count &+= 1
    return true
  }

  @inline(__always)
  package mutating func append(_ text: Bytes) -> Bool {
    guard reserve(text.count), let base else { return text.count == 0 }
    if let start = text.baseAddress { copyBytes(to: base + count, from: start, text.count) }
    count &+= text.count
    return true
  }

  @inline(__always)
  package mutating func append(_ text: StaticString) -> Bool { append(text.bytes) }

  /// Appends like `append`, but is never inlined, which saves half a kilobyte of code per use. For code whose speed
  /// does not matter.
  @inline(never)
  mutating func put(_ text: Bytes) -> Bool { append(text) }

  mutating func put(_ text: StaticString) -> Bool { put(text.bytes) }

  /// Appends a text in lower case (ASCII).
  @inline(never)
  mutating func put(lowercased text: Bytes) -> Bool {
    guard reserve(text.count), let base, var source = text.baseAddress else { return text.count == 0 }
    var target = base + count
    count &+= text.count
    while target < base + count {
      target.pointee = source.pointee.lowercased
      target += 1
      source += 1
    }
    return true
  }

  /// Appends a number in decimal.
  @_optimize(speed)
  package mutating func append(decimal value: Int) -> Bool {
    // Room for the longest, with its sign.
    guard reserve(20), let base else { return false }
    if value < 0 {
      base[count] = UInt8(ascii: "-")
      count &+= 1
    }
    var left = value.magnitude
    var power: UInt = 10
    var digits = 1
    while digits < 19, left >= power {
      digits &+= 1
      power = power &* 10
    }
    for at in stride(from: count &+ digits &- 1, through: count, by: -1) {
      base[at] = UInt8(truncatingIfNeeded: left % 10) &+ 0x30
      left /= 10
    }
    count &+= digits
    return true
  }

  /// Adds `extra` bytes to `count`, after the caller has reserved room and written them at `base + count`.
  @inline(__always)
  package mutating func commit(_ extra: Int) {
    count = min(capacity, count &+ max(0, extra))
  }

  /// Drops everything after `length`. The memory is kept and reused.
  @inline(__always)
  package mutating func truncate(to length: Int) {
    if length >= 0 && length < count { count = length }
  }

  /// Hands the memory over to the caller, who must `free` it. The buffer is empty afterwards.
  package mutating func take() -> UnsafeMutablePointer<UInt8>? {
    let taken = base
    base = nil
    count = 0
    capacity = 0
    return taken
  }
}
