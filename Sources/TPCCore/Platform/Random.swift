// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The random number generator xoshiro256** (Blackman and Vigna, 2018): fast and well distributed, for event ids and
/// jitter. Not for secrets. It is a value, so that a test can seed it and a forked child gets its own.
///
/// A generator seeded by the system mixes in new randomness now and then. A copy of a running machine (a snapshot
/// started twice, a container restored from a checkpoint) starts with the same state as the original, and both would
/// otherwise go on producing the same numbers.
struct Random: RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)
  /// Numbers left until the system is asked for randomness again; never reached by a generator that a test has seeded.
  private var left = Int.max

  /// Two numbers make an event's id, so the system is asked every 1,000 events, which adds a nanosecond to each.
  private static let period = 2000

  /// Produces the same numbers for the same seed. Each word of the state comes from splitmix64, as xoshiro's authors
  /// recommend.
  init(seed: UInt64) {
    var mixer = seed
    func mix() -> UInt64 {
      mixer &+= 0x9E37_79B9_7F4A_7C15
      return Hash.finish(mixer)
    }
    state = (mix(), mix(), mix(), mix())
  }

  /// Seeded by the system, or by the clocks if the system has no randomness yet.
  init() {
    self.init(seed: UInt64(bitPattern: tpc_posix_clock_ns(CLOCK_REALTIME)) ^ UInt64(UInt32(bitPattern: getpid())) << 40)
    reseed()
  }

  /// Mixes randomness from the system into the state; leaves the state unchanged if the system gives none.
  @inline(never)
  private mutating func reseed() {
    left = Random.period
    let errno = tpc_posix_errno()
    defer { tpc_posix_set_errno(errno) }
    var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let size = MemoryLayout.size(ofValue: bytes)
    guard getrandom(&bytes, size, UInt32(GRND_NONBLOCK)) == size else { return }
    let mixed = (state.0 ^ bytes.0, state.1 ^ bytes.1, state.2 ^ bytes.2, state.3 ^ bytes.3)
    // The generator never leaves the all-zero state.
    if mixed != (0, 0, 0, 0) { state = mixed }
  }

  mutating func next() -> UInt64 {
    if left == 0 { reseed() }
    left &-= 1
    let result = Random.rotate(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = Random.rotate(state.3, 45)
    return result
  }

  /// A uniformly distributed number from 0 up to, but not including, 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { (value << bits) | (value >> (64 &- bits)) }
}
