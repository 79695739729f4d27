// SPDX-License-Identifier: Apache-2.0

/// A segment that this process has open. It stays where it is in memory until it is taken out.
struct OpenSegment: BitwiseCopyable {
  /// 0 in a free entry.
  var serial: UInt64 = 0
  var index = 0
  let slot: Int
  let descriptor: Int32
  var salt: UInt64
  /// Where the next record goes, or is looked for.
  var end = SegmentHeader.size
  var sequence: UInt32 = 0
  /// Whether the disk took every end so far. Otherwise one may be noted later, and no other record may be there by then.
  var mayRewind = true
  /// The size to which it may grow.
  var limit = SpoolPlace.segmentBytes
  /// The records that have not ended, as far as this process knows.
  var pending = 0
  /// Those of them that this process sends.
  var held = 0
  /// Whether this process sends what is in it: it has the sender's lock, too.
  var isOwn = true
  /// Whether it was written by another process, whose events this one takes over.
  var isFollowed = false
  /// For a followed one: whether its writer is gone, and its lock this process's.
  var isOrphan = false
  var isRead = false
  /// Of its header, when it was taken over: see `SegmentHeader.tries`.
  var tries: UInt8 = 0
  /// When it was last seen that the descriptor is still this library's.
  var lookedAt: Int64 = 0
  /// Up to where it is on the disk itself, for a power loss; and whether the disk failed there.
  var synced = 0
  var hasFailedSync = false
  /// The clocks at the start of the round, by which the age of its records is reckoned.
  var start = SpoolTime(wallMilliseconds: 0, bootMilliseconds: 0, bootTag: 0)

  /// Whether it may be removed: nothing in it is pending, nor can anything come.
  var isDrained: Bool { pending == 0 && isOwn && (!isFollowed || isOrphan && isRead) }

  init(slot: Int, descriptor: Int32, salt: UInt64) {
    self.slot = slot
    self.descriptor = descriptor
    self.salt = salt
  }
}
