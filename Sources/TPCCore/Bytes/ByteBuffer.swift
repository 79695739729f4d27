// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// A growable byte buffer in memory from malloc. A Swift array cannot report that memory ran out (it traps, and a trap
/// kills the host), so anything that input can make large is kept here: when memory runs out, `append` and `reserve`
/// return `false` and change nothing.
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

  /// Appends like `append`, but is never inlined, which saves half a kilobyte of code per use. For code whose speed
  /// does not matter.
  @inline(never)
  mutating func put(_ text: Bytes) -> Bool { append(text) }

  mutating func put(_ text: StaticString) -> Bool { put(text.bytes) }

  /// Appends a text in lower case (ASCII).
  @inline(never)
  mutating func put(lowercased text: Bytes) -> Bool {
    for byte in text where !append(byte.lowercased) { return false }
    return true
  }

  /// Appends a number in decimal.
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

  /// Adds `extra` bytes to `count`, after the caller has reserved room and written them at `base + count`.
  @inline(__always)
  public mutating func commit(_ extra: Int) {
    count = min(capacity, count &+ max(0, extra))
  }

  /// Drops everything after `length`. The memory is kept and reused.
  @inline(__always)
  public mutating func truncate(to length: Int) {
    if length >= 0 && length < count { count = length }
  }

  /// Hands the memory over to the caller, who must `free` it. The buffer is empty afterwards.
  public mutating func take() -> UnsafeMutablePointer<UInt8>? {
    let taken = base
    base = nil
    count = 0
    capacity = 0
    return taken
  }
}
