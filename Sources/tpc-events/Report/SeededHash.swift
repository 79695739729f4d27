// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A 64-bit hash of texts that strangers choose. They cannot know the seed, which is another one in each run, and so cannot make
/// texts that collide.
struct SeededHash {
  private let seed: UInt64

  private static let first: UInt64 = 0xA076_1D64_78BD_642F
  private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

  init() {
    var random: UInt64 = 0
    let size = MemoryLayout.size(ofValue: random)
    if getrandom(&random, size, UInt32(GRND_NONBLOCK)) != size { random = UInt64(bitPattern: tpc_posix_clock_ns(CLOCK_REALTIME)) }
    seed = random
  }

  /// Texts with different numbers have different hashes, even if they are equal. Never 0.
  func of(_ text: Bytes, number: Int = 0) -> UInt64 {
    var hash = SeededHash.mix(seed ^ UInt64(bitPattern: Int64(number)), SeededHash.first)
    var rest = UInt64(truncatingIfNeeded: text.count) << 56
    if let start = text.baseAddress {
      let bytes = UnsafeRawPointer(start)
      var at = 0
      while at &+ 8 <= text.count {
        hash = SeededHash.mix(hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self), SeededHash.first)
        at &+= 8
      }
      var shift: UInt64 = 0
      while at < text.count {
        rest ^= UInt64(start[at]) << shift
        shift &+= 8
        at &+= 1
      }
    }
    return max(1, SeededHash.mix(hash ^ rest, SeededHash.second))
  }

  /// Both halves of the product, which depend on all bits of both factors.
  private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: factor)
    return product.high ^ product.low ^ factor
  }
}
