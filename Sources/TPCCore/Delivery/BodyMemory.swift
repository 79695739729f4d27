// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The memory that the bodies of pending events lie in.
///
/// malloc gives each thread an arena of its own, and what the sender frees goes back to the arena it came from, where other
/// threads do not find it: with eight threads tracking, 10,000 events hold 2.6 times their bytes. Here a freed place serves
/// whoever comes next. Places come in sizes at most a sixteenth apart (after J. Evans, "A Scalable Concurrent malloc
/// Implementation for FreeBSD", 2006), cut out of slabs; a slab with no body left goes back to the system. Used under the lock
/// of its delivery. When it goes, all bodies go with it.
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
    let placeSize: Int
    /// The list that it stands in while it has room.
    let list: Int

    var hasRoom: Bool { returned != nil || untouched + placeSize <= BodyMemory.slabSize }
  }

  private static let slabSize = 256 * 1024
  private static let header = 64
  /// As much of a slab is asked for at once: the faults of its single pages would cost each sixth event a microsecond.
  private static let portion = 128 * 1024
  /// Larger bodies get memory of their own: the system hands out pages.
  private static let largestPlace = 16 * 1024
  /// Lists of slabs with room, by the size of their places; and one more for those that are full.
  private static let fullList = 192

  /// The first slab of each list. From malloc, when the first body comes.
  private var lists: UnsafeMutablePointer<Link?>?
  /// An empty slab that was kept, so that a queue about a slab's bound does not go to the system each time.
  private var spare: Link?

  init() {}

  deinit {
    guard let lists else { return }
    for list in 0...BodyMemory.fullList {
      while let slab = lists[list] {
        lists[list] = slab.pointee.next
        BodyMemory.unmap(slab)
      }
    }
    if let spare { BodyMemory.unmap(spare) }
    free(lists)
  }

  /// Room for a body of this many bytes; nil when memory ran out.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
    guard prepare() else { return nil }
    let (placeSize, list) = BodyMemory.place(for: count)
    let known = list == BodyMemory.fullList ? nil : lists?[list]
    guard let slab = known ?? add(placeSize, list) else { return nil }
    let place: UnsafeMutableRawPointer
    if let returned = slab.pointee.returned {
      place = returned
      slab.pointee.returned = returned.load(as: UnsafeMutableRawPointer?.self)
    } else {
      place = UnsafeMutableRawPointer(slab) + slab.pointee.untouched
      slab.pointee.untouched += placeSize
      if slab.pointee.untouched > slab.pointee.populated && list != BodyMemory.fullList { BodyMemory.populate(slab) }
    }
    slab.pointee.used += 1
    if !slab.pointee.hasRoom { move(slab, from: list, to: BodyMemory.fullList) }
    return place.assumingMemoryBound(to: UInt8.self)
  }

  /// Takes back what `take` gave.
  mutating func giveBack(_ body: UnsafeMutablePointer<UInt8>) {
    let place = UnsafeMutableRawPointer(body)
    let offset = Int(bitPattern: place) % BodyMemory.slabSize
    let slab = (place - offset).assumingMemoryBound(to: Slab.self)
    let hadRoom = slab.pointee.hasRoom
    place.storeBytes(of: slab.pointee.returned, as: UnsafeMutableRawPointer?.self)
    slab.pointee.returned = place
    slab.pointee.used -= 1
    let list = slab.pointee.list
    if slab.pointee.used == 0 {
      unlink(slab, hadRoom ? list : BodyMemory.fullList)
      retire(slab)
    } else if !hadRoom {
      move(slab, from: BodyMemory.fullList, to: list)
    }
  }

  /// The size of the place for a body, and the list of its slabs. Memory of a body's own counts as full from its start.
  private static func place(for count: Int) -> (size: Int, list: Int) {
    guard count <= largestPlace else { return (count, fullList) }
    let wanted = max(128, count)
    // Sixteen sizes from one power of two to the next, from 128 on: all are multiples of a pointer's size.
    let shift = Int.bitWidth - (wanted - 1).leadingZeroBitCount - 5
    let sixteenths = (wanted + (1 << shift) - 1) >> shift
    return (sixteenths << shift, shift * 16 + sixteenths - 17)
  }

  // MARK: Slabs

  private mutating func prepare() -> Bool {
    if lists != nil { return true }
    let count = BodyMemory.fullList + 1
    guard let memory = malloc(count * MemoryLayout<Link?>.stride) else { return false }
    lists = memory.bindMemory(to: Link?.self, capacity: count)
    lists?.initialize(repeating: nil, count: count)
    return true
  }

  /// A new slab in a list.
  private mutating func add(_ placeSize: Int, _ list: Int) -> Link? {
    let isOwn = list == BodyMemory.fullList
    let memory: UnsafeMutableRawPointer?
    var populated = 0
    if let spare, !isOwn {
      memory = UnsafeMutableRawPointer(spare)
      // What the system gave is there: a queue that keeps emptying would ask for it with each event.
      populated = spare.pointee.populated
      self.spare = nil
    } else {
      memory = BodyMemory.map(isOwn ? BodyMemory.header + placeSize : BodyMemory.slabSize)
    }
    guard let memory else { return nil }
    let slab = memory.bindMemory(to: Slab.self, capacity: 1)
    slab.initialize(to: Slab(populated: populated, placeSize: placeSize, list: list))
    link(slab, list)
    return slab
  }

  private mutating func retire(_ slab: Link) {
    if spare == nil && slab.pointee.list != BodyMemory.fullList { spare = slab } else { BodyMemory.unmap(slab) }
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

  /// So many bytes, from a multiple of the slabs' size on; nil when there are none.
  private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    let (whole, overflow) = size.addingReportingOverflow(slabSize)
    guard !overflow, let memory = mmap(nil, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != tpc_posix_map_failed
    else { return nil }
    // Page by page there is always one such multiple in it; what lies before and behind goes back.
    let before = (slabSize - Int(bitPattern: memory) % slabSize) % slabSize
    let end = (before + size + Pages.size - 1) / Pages.size * Pages.size
    if before > 0 { munmap(memory, before) }
    if end < whole { munmap(memory + end, whole - end) }
    return memory + before
  }

  private static func populate(_ slab: Link) {
    Pages.populate(UnsafeMutableRawPointer(slab) + slab.pointee.populated, portion)
    slab.pointee.populated += portion
  }

  private static func unmap(_ slab: Link) {
    let isOwn = slab.pointee.list == fullList
    munmap(slab, isOwn ? header + slab.pointee.placeSize : slabSize)
  }
}
