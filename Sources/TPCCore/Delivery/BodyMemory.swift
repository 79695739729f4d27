// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The memory for the bodies of pending events.
///
/// malloc gives each thread its own arena, and what the sender frees returns to the arena it came from, where other
/// threads do not find it: with eight threads tracking, 10,000 events occupy 2.6 times their bytes. Here a freed block
/// is reused by whoever comes next. Blocks come in sizes at most a sixteenth apart (after J. Evans, "A Scalable
/// Concurrent malloc Implementation for FreeBSD", 2006), cut from slabs. A slab without bodies is returned to the
/// system. Slabs for large bodies are larger, because a process has only 65,530 mappings, and those are the host's to
/// use. Used under the lock of its delivery. When this goes, all bodies go with it.
struct BodyMemory: ~Copyable {
  private typealias Link = UnsafeMutablePointer<Slab>

  /// The header of each slab. Slabs begin at multiples of their size, so the slab can be computed from a body's
  /// address.
  private struct Slab {
    var next: Link?
    var previous: Link?
    /// The first released block; each one holds the address of the next.
    var returned: UnsafeMutableRawPointer?
    /// The offset of the first block that was never handed out.
    var untouched = BodyMemory.header
    /// The offset up to which the system was asked for the memory at once.
    var populated = 0
    var used = 0
    let kind: Kind

    var hasRoom: Bool { returned != nil || untouched + kind.blockSize <= kind.slabSize }
  }

  /// The size class of a slab: it holds bodies of up to `blockSize`.
  private struct Kind {
    let blockSize: Int
    /// A power of two, which holds at least seven blocks.
    let slabSize: Int
    /// The number of the list that has this kind's slabs with room.
    let list: Int

    /// The kind for bodies of `count` bytes, from 1 to `largestBlock`.
    @_optimize(speed)
    init(for count: Int) {
      let wanted = max(128, count)
      // Sixteen sizes between two powers of two, from 128 on; all are multiples of a pointer's size.
      let shift = Int.bitWidth - (wanted - 1).leadingZeroBitCount - 5
      let sixteenths = (wanted + (1 << shift) - 1) >> shift
      blockSize = sixteenths << shift
      slabSize = max(BodyMemory.smallSlab, 1 << (shift + 8))
      list = shift * 16 + sixteenths - 17
    }

    var isSmall: Bool { slabSize == BodyMemory.smallSlab }
  }

  private static let smallSlab = 256 * 1024
  /// The size of a slab's header, rounded up to a cache line.
  private static let header = (MemoryLayout<Slab>.size + 63) / 64 * 64
  /// How much of a small slab is requested from the system at once: page faults one by one would cost every sixth event
  /// a microsecond.
  private static let portion = 128 * 1024
  /// The size of the largest event (`Limit.eventBytes`).
  private static let largestBlock = Limit.eventBytes
  /// The lists below this one have slabs with room, by block size; this one has those that are full.
  private static let fullList = 256

  /// The first slab of each list. Allocated with malloc when the first body comes.
  private var lists: UnsafeMutablePointer<Link?>?
  /// An empty small slab that is kept, so that a queue whose size hovers around a slab's end does not call the system
  /// each time.
  private var spare: Link?

  init() {}

  deinit {
    guard let lists else { return }
    for list in 0...BodyMemory.fullList {
      while let slab = lists[list] {
        lists[list] = slab.pointee.next
        _ = BodyMemory.unmap(slab)
      }
    }
    if let spare { _ = BodyMemory.unmap(spare) }
    free(lists)
  }

  /// Memory for a body of `count` bytes; nil when memory ran out.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
    guard count <= BodyMemory.largestBlock, prepare() else { return nil }
    let kind = Kind(for: count)
    guard let slab = lists?[kind.list] ?? add(kind) else { return nil }
    let block: UnsafeMutableRawPointer
    if let returned = slab.pointee.returned {
      block = returned
      slab.pointee.returned = returned.load(as: UnsafeMutableRawPointer?.self)
    } else {
      block = UnsafeMutableRawPointer(slab) + slab.pointee.untouched
      slab.pointee.untouched += kind.blockSize
      if kind.isSmall && slab.pointee.untouched > slab.pointee.populated { BodyMemory.populate(slab) }
    }
    slab.pointee.used += 1
    if !slab.pointee.hasRoom { move(slab, from: kind.list, to: BodyMemory.fullList) }
    return block.assumingMemoryBound(to: UInt8.self)
  }

  /// Takes back a body of `count` bytes from `take`.
  @_optimize(speed)
  mutating func release(_ body: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let block = UnsafeMutableRawPointer(body)
    let kind = Kind(for: count)
    let slab = (block - Int(bitPattern: block) % kind.slabSize).assumingMemoryBound(to: Slab.self)
    let hadRoom = slab.pointee.hasRoom
    block.storeBytes(of: slab.pointee.returned, as: UnsafeMutableRawPointer?.self)
    slab.pointee.returned = block
    slab.pointee.used -= 1
    if slab.pointee.used == 0 {
      unlink(slab, hadRoom ? kind.list : BodyMemory.fullList)
      retire(slab)
    } else {
      if !hadRoom { move(slab, from: BodyMemory.fullList, to: kind.list) }
      // A slab of large blocks is returned late; until then, return the pages of its blocks. A block's first bytes hold
      // the address of the next one.
      if kind.blockSize >= BodyMemory.worthReleasing { Pages.release(block + 8, kind.blockSize - 8) }
    }
  }

  /// Blocks of at least this size return their pages individually.
  private static let worthReleasing = 16 * 1024

  // MARK: Slabs

  private mutating func prepare() -> Bool {
    if lists != nil { return true }
    let count = BodyMemory.fullList + 1
    guard let memory = malloc(count * MemoryLayout<Link?>.stride) else { return false }
    lists = memory.bindMemory(to: Link?.self, capacity: count)
    lists?.initialize(repeating: nil, count: count)
    return true
  }

  /// Adds a new slab to its list.
  private mutating func add(_ kind: Kind) -> Link? {
    if kind.isSmall, let spare {
      self.spare = nil
      // Its memory is already there: a queue that keeps emptying would otherwise request it with every event.
      return begin(spare, kind, populated: spare.pointee.populated)
    }
    guard let memory = BodyMemory.map(kind.slabSize) else { return nil }
    return begin(memory, kind, populated: 0)
  }

  private mutating func begin(_ memory: UnsafeMutableRawPointer, _ kind: Kind, populated: Int) -> Link {
    let slab = memory.bindMemory(to: Slab.self, capacity: 1)
    slab.initialize(to: Slab(populated: populated, kind: kind))
    link(slab, kind.list)
    return slab
  }

  /// Returns an empty slab, which is in no list, to the system. If the system cannot take it (unmapping the middle of a
  /// mapping splits it in two, and the process may have no mappings left), the slab stays in use for bodies of its
  /// size.
  private mutating func retire(_ slab: Link) {
    let (kind, populated) = (slab.pointee.kind, slab.pointee.populated)
    if spare == nil && kind.isSmall {
      spare = slab
    } else if !BodyMemory.unmap(slab) {
      Pages.release(UnsafeMutableRawPointer(slab) + BodyMemory.header, kind.slabSize - BodyMemory.header)
      _ = begin(slab, kind, populated: kind.isSmall ? populated : 0)
    }
  }

  private mutating func link(_ slab: Link, _ list: Int) {
    slab.pointee.previous = nil
    slab.pointee.next = lists?[list]
    slab.pointee.next?.pointee.previous = slab
    lists?[list] = slab
  }

  private mutating func unlink(_ slab: Link, _ list: Int) {
    if let previous = slab.pointee.previous { previous.pointee.next = slab.pointee.next } else { lists?[list] = slab.pointee.next }
    slab.pointee.next?.pointee.previous = slab.pointee.previous
  }

  private mutating func move(_ slab: Link, from list: Int, to other: Int) {
    unlink(slab, list)
    link(slab, other)
  }

  // MARK: The system

  /// Maps `size` bytes, a power of two, at a multiple of `size`; nil if that fails.
  private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let memory = mmap(nil, size * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != tpc_posix_map_failed
    else { return nil }
    // Twice the size contains one such multiple; the rest is unmapped. If the system refuses that, keeping everything
    // would silently use twice the memory.
    let before = (size - Int(bitPattern: memory) % size) % size
    if before > 0 && munmap(memory, before) != 0 {
      munmap(memory, size * 2)
      return nil
    }
    let slab = memory + before
    if munmap(slab + size, size - before) != 0 {
      munmap(slab, size * 2 - before)
      return nil
    }
    return slab
  }

  private static func populate(_ slab: Link) {
    Pages.populate(UnsafeMutableRawPointer(slab) + slab.pointee.populated, portion)
    slab.pointee.populated += portion
  }

  private static func unmap(_ slab: Link) -> Bool { munmap(slab, slab.pointee.kind.slabSize) == 0 }
}
