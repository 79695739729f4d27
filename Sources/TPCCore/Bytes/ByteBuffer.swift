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
