// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Random numbers")
struct RandomTests {
  /// xoshiro256** and splitmix64, written plainly after their authors' description, to compare with.
  private struct Reference {
    var s: [UInt64] = []

    init(seed: UInt64) {
      var x = seed
      for _ in 0..<4 {
        x = x &+ 0x9e37_79b9_7f4a_7c15
        var z = x
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        s.append(z ^ (z >> 31))
      }
    }

    func rotl(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }

    mutating func next() -> UInt64 {
      let result = rotl(s[1] &* 5, 7) &* 9
      let t = s[1] << 17
      s[2] ^= s[0]
      s[3] ^= s[1]
      s[1] ^= s[2]
      s[0] ^= s[3]
      s[2] ^= t
      s[3] = rotl(s[3], 45)
      return result
    }
  }

  @Test("A seed gives the numbers of the published algorithm", arguments: [0, 1, 42, 0xDEAD_BEEF, UInt64.max])
  func reference(seed: UInt64) {
    var random = Random(seed: seed)
    var reference = Reference(seed: seed)
    for _ in 0..<1000 { #expect(random.next() == reference.next()) }
  }

  @Test("splitmix64 begins as its authors say, for the seed 1234567")
  func splitmix() {
    // The first outputs that the authors' program prints.
    let wanted: [UInt64] = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    for (index, number) in wanted.enumerated() {
      #expect(Hash.finish(1_234_567 &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15) == number)
    }
  }

  @Test("A fraction is from 0 up to 1, evenly")
  func unit() {
    var random = Random(seed: 3)
    var tenths = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 {
      let value = random.unit()
      #expect(value >= 0 && value < 1)
      tenths[min(9, max(0, Int(value * 10)))] += 1
    }
    // Five standard deviations about 1,000.
    #expect(tenths.allSatisfy { (850...1150).contains($0) })
  }

  @Test("Two copies diverge: a machine may be started twice from one image")
  func copies() {
    var first = Random()
    var second = first
    let numbers = (0..<3000).map { _ in (first.next(), second.next()) }
    #expect(numbers.prefix(10).allSatisfy { $0 == $1 } && numbers.suffix(900).allSatisfy { $0 != $1 })
  }

  @Test("Two that the system seeds differ")
  func systemSeeds() {
    var first = Random()
    var second = Random()
    #expect((0..<4).map { _ in first.next() } != (0..<4).map { _ in second.next() })
  }
}

@Suite("Hash")
struct HashTests {
  private func hash(_ text: String) -> UInt64 { withBytes(text) { Hash.of($0) } }

  /// FNV-1a's published 64-bit values (RFC 9923 and the authors' test suite), with splitmix64's finisher over them.
  @Test(
    "It is FNV-1a with a finisher, the same forever, since it decides who is sampled",
    arguments: [
      ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
      ("chongo was here!\n", 0x4681_0940_EFF5_F915),
    ] as [(String, UInt64)])
  func stable(text: String, fnv: UInt64) {
    #expect(hash(text) == Hash.finish(fnv))
  }

  @Test("Its values are fixed")
  func fixed() {
    let values = ["", "a", "session-1", "é"].map { hash($0) }
    #expect(values == Self.known)
  }

  private static let known: [UInt64] = [
    0xF52A15E9A9B5E89B, 0x2C0BDBF481420F8, 0x8F9D4A83E2384785, 0x233403617480019E,
  ]

  @Test("Texts that are nearly the same have values far apart")
  func spreads() {
    let values = (0..<2000).map { hash("s\($0)") }
    #expect(Set(values).count == 2000)
    for bit in 0..<64 {
      let ones = values.count { $0 >> UInt64(bit) & 1 == 1 }
      // Six standard deviations about 1,000.
      #expect((866...1134).contains(ones), "bit \(bit)")
    }
  }
}
