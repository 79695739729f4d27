// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The memory that the bodies of pending events lie in.
///
/// malloc gives each thread an arena of its own, and what the sender frees goes back to the arena it came from, where other
/// threads do not find it: with eight threads tracking, 10,000 events hold 2.6 times their bytes. Here a freed place serves
/// whoever comes next. Places come in sizes at most a sixteenth apart (after J. Evans, "A Scalable Concurrent malloc
/// Implementation for FreeBSD", 2006), cut out of slabs; a slab with no body left goes back to the system. The slabs of large
/// bodies are larger: a process has 65,530 mappings, which are the host's to use. Used under the lock of its delivery. When it
/// goes, all bodies go with it.
struct BodyMemory: ~Copyable {
  private typealias Link = UnsafeMutablePointer<Slab>

  /// Stands at the beginning of each slab. Slabs begin at multiples of their size, so that a body's address leads to it.
  private struct Slab {
    var next: Link?
    var previous: Link?
    /// Places that were given back, each with the address of the next.
    var returned: UnsafeMutableRawPointer?
    /// Where the places begin that were never given out.
    var untouched = BodyMemory.header
    /// Up to where the system was asked for its memory in one piece.
    var populated = 0
    var used = 0
    let kind: Kind

    var hasRoom: Bool { returned != nil || untouched + kind.placeSize <= kind.slabSize }
  }

  /// What slabs are made for: bodies of up to `placeSize`.
  private struct Kind {
    let placeSize: Int
    /// A power of two; there are seven places in it at least.
    let slabSize: Int
    /// The list that slabs with room stand in.
    let list: Int

    /// For bodies of this many bytes, one to `largestPlace`.
    init(for count: Int) {
      let wanted = max(128, count)
      // Sixteen sizes from one power of two to the next, from 128 on: all are multiples of a pointer's size.
      let shift = Int.bitWidth - (wanted - 1).leadingZeroBitCount - 5
      let sixteenths = (wanted + (1 << shift) - 1) >> shift
      placeSize = sixteenths << shift
      slabSize = max(BodyMemory.smallSlab, 1 << (shift + 8))
      list = shift * 16 + sixteenths - 17
    }

    var isSmall: Bool { slabSize == BodyMemory.smallSlab }
  }

  private static let smallSlab = 256 * 1024
  /// What stands at the beginning of a slab, up to the next cache line.
  private static let header = (MemoryLayout<Slab>.size + 63) / 64 * 64
  /// As much of a small slab is asked for at once: the faults of its single pages would cost each sixth event a microsecond.
  private static let portion = 128 * 1024
  /// No event is larger (`Limit.eventBytes`).
  private static let largestPlace = 1 << 20
  /// Lists of slabs with room, by the size of their places; and one more for those that are full.
  private static let fullList = 256

  /// The first slab of each list. From malloc, when the first body comes.
  private var lists: UnsafeMutablePointer<Link?>?
  /// An empty small slab that was kept, so that a queue about a slab's bound does not go to the system each time.
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

  /// Room for a body of this many bytes; nil when memory ran out.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
    guard count <= BodyMemory.largestPlace, prepare() else { return nil }
    let kind = Kind(for: count)
    guard let slab = lists?[kind.list] ?? add(kind) else { return nil }
    let place: UnsafeMutableRawPointer
    if let returned = slab.pointee.returned {
      place = returned
      slab.pointee.returned = returned.load(as: UnsafeMutableRawPointer?.self)
    } else {
      place = UnsafeMutableRawPointer(slab) + slab.pointee.untouched
      slab.pointee.untouched += kind.placeSize
      if kind.isSmall && slab.pointee.untouched > slab.pointee.populated { BodyMemory.populate(slab) }
    }
    slab.pointee.used += 1
    if !slab.pointee.hasRoom { move(slab, from: kind.list, to: BodyMemory.fullList) }
    return place.assumingMemoryBound(to: UInt8.self)
  }

  /// Takes back what `take` gave for so many bytes.
  mutating func giveBack(_ body: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let place = UnsafeMutableRawPointer(body)
    let kind = Kind(for: count)
    let slab = (place - Int(bitPattern: place) % kind.slabSize).assumingMemoryBound(to: Slab.self)
    let hadRoom = slab.pointee.hasRoom
    place.storeBytes(of: slab.pointee.returned, as: UnsafeMutableRawPointer?.self)
    slab.pointee.returned = place
    slab.pointee.used -= 1
    if slab.pointee.used == 0 {
      unlink(slab, hadRoom ? kind.list : BodyMemory.fullList)
      retire(slab)
    } else {
      if !hadRoom { move(slab, from: BodyMemory.fullList, to: kind.list) }
      // A slab of large places goes back late: until then their pages do. The first bytes lead to the next place.
      if kind.placeSize >= BodyMemory.worthReleasing { Pages.release(place + 8, kind.placeSize - 8) }
    }
  }

  /// Places from this size on give their pages back one by one.
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

  /// A new slab in its list.
  private mutating func add(_ kind: Kind) -> Link? {
    if kind.isSmall, let spare {
      self.spare = nil
      // What the system gave is there: a queue that keeps emptying would ask for it with each event.
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

  /// Gives an empty slab, which stands in no list, back to the system. One that the system does not take (taking memory out of
  /// the middle of a mapping makes two of it, and there may be no room for another) serves on for bodies of its size.
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

  /// So many bytes, a power of two, from a multiple of that on; nil when there are none.
  private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let memory = mmap(nil, size * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != tpc_posix_map_failed
    else { return nil }
    // There is one such multiple in it; what lies before and behind goes back. Where the system refuses that, keeping it all
    // would hold twice what is asked for, unseen.
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
