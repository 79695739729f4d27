// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The CRC-32C of a segment's headers and records.
enum SegmentChecksum {
  static let start: UInt32 = ~0

  /// The checksum of further bytes. One function calls the C one, which each object file would otherwise repeat.
  @inline(never)
  static func add(_ sum: UInt32, _ bytes: UnsafeRawPointer, _ count: Int) -> UInt32 {
    tpc_posix_crc32c(sum, bytes, count)
  }
}
