// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The memory of the events' bytes: blocks from mmap, cut into pieces of a few sizes that are used again. The general
/// allocator costs too much here: an event's bytes are allocated on one thread and freed on another, and memory that is fresh
/// from the kernel costs a page fault for every six events, dearer than building them. A block comes with its pages.
///
/// What was given back is used again for events of about the same size; blocks go back to the system when nothing is in use.
struct BodyStore: ~Copyable {
  private static let blockBytes = 128 * 1024
  private static let granule = 64
  /// Larger events, which are rare, come from malloc.
  private static let largest = 8 * 1024
  private static let sizes = largest / granule + 1

  /// At the start of each block.
  private struct Block { var next: UnsafeMutableRawPointer? }

  /// The newest block; each knows the one before it.
  private var blocks: UnsafeMutableRawPointer?
  /// The part of the newest block that was never used.
  private var fresh: UnsafeMutableRawPointer?
  private var freshBytes = 0
  /// For each size, the pieces that were given back: each holds the address of the next.
  private var spare: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  private var inUse = 0

  init() {}

  deinit {
    var block = blocks
    while let current = block {
      block = current.load(as: Block.self).next
      munmap(current, BodyStore.blockBytes)
    }
    free(spare)
  }

  /// A copy of the bytes, to be given back by `release` with their count. Nil when memory ran out.
  mutating func copy(_ bytes: Bytes) -> UnsafeMutablePointer<UInt8>? {
    guard let start = bytes.baseAddress else { return nil }
    guard let piece = allocate(bytes.count) else { return nil }
    memcpy(piece, start, bytes.count)
    return piece.assumingMemoryBound(to: UInt8.self)
  }

  private mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    if count > BodyStore.largest { return malloc(count) }
    let size = BodyStore.size(count)
    guard let spare = spareTable() else { return nil }
    if let piece = spare[size] {
      spare[size] = piece.load(as: UnsafeMutableRawPointer?.self)
      inUse += 1
      return piece
    }
    let bytes = size * BodyStore.granule
    if freshBytes < bytes && !addBlock() { return nil }
    guard let piece = fresh else { return nil }
    fresh = piece + bytes
    freshBytes -= bytes
    inUse += 1
    return piece
  }

  mutating func release(_ piece: UnsafeMutablePointer<UInt8>, count: Int) {
    if count > BodyStore.largest { return free(piece) }
    let size = BodyStore.size(count)
    guard let spare else { return }
    UnsafeMutableRawPointer(piece).storeBytes(of: spare[size], as: UnsafeMutableRawPointer?.self)
    spare[size] = UnsafeMutableRawPointer(piece)
    inUse -= 1
    if inUse == 0 { shrink() }
  }

  private static func size(_ count: Int) -> Int { max(1, (count + granule - 1) / granule) }

  private mutating func spareTable() -> UnsafeMutablePointer<UnsafeMutableRawPointer?>? {
    if spare == nil {
      spare = calloc(BodyStore.sizes, MemoryLayout<UnsafeMutableRawPointer?>.stride)?
        .bindMemory(to: UnsafeMutableRawPointer?.self, capacity: BodyStore.sizes)
    }
    return spare
  }

  /// What is left of the block before is too small for this event; it is the loss of one piece a block.
  private mutating func addBlock() -> Bool {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE
    guard let memory = mmap(nil, BodyStore.blockBytes, PROT_READ | PROT_WRITE, Int32(flags), -1, 0),
      memory != tpc_posix_map_failed
    else { return false }
    memory.storeBytes(of: Block(next: blocks), as: Block.self)
    blocks = memory
    startUsing(memory)
    return true
  }

  private mutating func startUsing(_ block: UnsafeMutableRawPointer) {
    fresh = block + BodyStore.granule
    freshBytes = BodyStore.blockBytes - BodyStore.granule
  }

  /// Nothing is in use: all blocks but one go back, and the pieces are forgotten.
  private mutating func shrink() {
    guard let newest = blocks, var older = newest.load(as: Block.self).next else { return }
    while true {
      let next = older.load(as: Block.self).next
      munmap(older, BodyStore.blockBytes)
      guard let next else { break }
      older = next
    }
    newest.storeBytes(of: Block(next: nil), as: Block.self)
    startUsing(newest)
    if let spare { memset(spare, 0, BodyStore.sizes * MemoryLayout<UnsafeMutableRawPointer?>.stride) }
  }
}
