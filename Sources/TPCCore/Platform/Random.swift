// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// xoshiro256** (Blackman and Vigna, 2018): fast and well distributed, for event ids and jitter. Not for secrets. A value,
/// so that a test can seed it and a forked child gets one of its own.
///
/// One that the system has seeded asks it for more now and then. A copy of a running machine (a snapshot that is started
/// twice, a container that is restored from a checkpoint) has the same state as the other, and would go on giving the same
/// numbers.
struct Random: RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)
  /// Numbers until the system is asked again; one that a test has seeded never gets there.
  private var left = Int.max

  /// Two numbers make an event's id: the system is asked every 1,000 events, which costs each a nanosecond.
  private static let period = 2000

  /// The same numbers for the same seed: each word of the state comes from splitmix64, as its authors recommend.
  init(seed: UInt64) {
    var mixer = seed
    func mix() -> UInt64 {
      mixer &+= 0x9E37_79B9_7F4A_7C15
      return Hash.finish(mixer)
    }
    state = (mix(), mix(), mix(), mix())
  }

  /// Seeded by the system; by the clocks where the system has no randomness to give yet.
  init() {
    self.init(seed: UInt64(bitPattern: tpc_posix_clock_ns(CLOCK_REALTIME)) ^ UInt64(UInt32(bitPattern: getpid())) << 40)
    reseed()
  }

  /// Mixes what the system gives into the state, which stays as it is where the system gives nothing.
  @inline(never)
  private mutating func reseed() {
    left = Random.period
    let errno = tpc_posix_errno()
    defer { tpc_posix_set_errno(errno) }
    var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let size = MemoryLayout.size(ofValue: bytes)
    guard getrandom(&bytes, size, UInt32(GRND_NONBLOCK)) == size else { return }
    let mixed = (state.0 ^ bytes.0, state.1 ^ bytes.1, state.2 ^ bytes.2, state.3 ^ bytes.3)
    // All zero is the one state that never changes.
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

  /// Evenly from 0 up to, not including, 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { (value << bits) | (value >> (64 &- bits)) }
}
