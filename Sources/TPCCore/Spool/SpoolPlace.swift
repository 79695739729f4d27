// SPDX-License-Identifier: Apache-2.0

/// Where an event is in the spool: in which of the open segments, and at which offset.
///
///      63            62              27 26       17 16            0
///     +------+------------------------+-----------+---------------+
///     | left |   serial of the round  |   index   |  offset / 8   |
///     +------+------------------------+-----------+---------------+
///
/// A segment gets a new serial with each round, so that a place of a former round matches nothing.
struct SpoolPlace: BitwiseCopyable, Equatable {
  private let bits: UInt64

  /// Of an event that is not on disk.
  static let none = SpoolPlace(bits: 0)
  /// The number of segments that can be open at once.
  static let segments = 1024
  /// The size of the largest segment.
  static let segmentBytes = 1 << 20

  private init(bits: UInt64) { self.bits = bits }

  init(_ segment: borrowing OpenSegment, offset: Int, isLeft: Bool = false) {
    bits = segment.serial << 27 | UInt64(truncatingIfNeeded: segment.index) << 17 | UInt64(truncatingIfNeeded: offset) >> 3 | (isLeft ? 1 << 63 : 0)
  }

  @inline(__always)
  var isOnDisk: Bool { bits != 0 }

  /// Whether another process sends it: this one does not keep it in memory.
  @inline(__always)
  var isLeft: Bool { bits >> 63 != 0 }

  var serial: UInt64 { (bits << 1) >> 28 }
  var index: Int { Int(truncatingIfNeeded: bits >> 17) & (SpoolPlace.segments &- 1) }
  var offset: Int { Int(truncatingIfNeeded: bits << 3) & (SpoolPlace.segmentBytes &- 1) }
}

/// An event on disk that has ended, and how.
struct Acknowledgement: BitwiseCopyable {
  let place: SpoolPlace
  let state: RecordState
}
