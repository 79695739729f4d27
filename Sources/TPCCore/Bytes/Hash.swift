// SPDX-License-Identifier: Apache-2.0

/// A fast 64-bit hash of bytes. It is the same on every machine and in every version, since sampling depends on it.
package enum Hash {
  /// FNV-1a followed by splitmix64's finisher, because FNV alone leaves the high bits of short texts poorly mixed.
  package static func of(_ text: Bytes) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return finish(hash)
  }

  static func finish(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
