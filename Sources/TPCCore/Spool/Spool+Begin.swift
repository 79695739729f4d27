// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// How a process comes to a segment to write to: it goes on with one that another process left, or makes a new one.
extension Spool where Disk: ~Copyable {
  /// How many names one call tries; the next one goes on from there.
  private static var attempts: Int { 1024 }
  /// How many files one call makes that others are faster to open.
  private static var mostMade: Int { 4 }
  /// How many segments of others a process looks into before it makes one of its own.
  private static var mostLooks: Int { 4 }

  /// Opens a segment with room for a record of `size` bytes, and makes it the current one.
  @inline(never)
  func begin(_ size: Int) -> Bool {
    notesBeginning()
    if !share.writerSends(settings) { closeSealed() }
    let wasPrepared = isPrepared
    if !isPrepared {
      if let flaw = disk.prepare() { return refuse(flaw) }
      isPrepared = true
    }
    if !hasTakenOver {
      // Once: short-lived processes would otherwise leave a file each.
      hasTakenOver = true
      if takeOver(size) { return true }
    }
    guard disk.limit() >= SpoolSettings.leastLimit else { return refuse("needs an RLIMIT_FSIZE of 64 KiB at least") }
    guard disk.hasSpace else { return refuse("is on a file system that is nearly full") }
    var made = 0
    for _ in 0..<min(settings.slots, Self.attempts) {
      let slot = nextSlot
      nextSlot = slot &+ 1 < settings.slots ? slot &+ 1 : 0
      let descriptor = disk.open(slot, creates: true)
      if descriptor < 0 && disk.error == EEXIST { continue }
      if descriptor < 0 { isPrepared = false }
      // The host closed the folder's descriptor.
      if descriptor < 0 && wasPrepared && disk.error == EBADF { return begin(size) }
      if descriptor >= 0 && begin(slot, descriptor) { return true }
      // It has told why.
      if state.isSuspended { return false }
      made &+= 1
      if descriptor < 0 || made == Self.mostMade { return refuse() }
    }
    return refuse("holds as many files as spool_max_bytes allows")
  }

  private func refuse(_ reason: StaticString = SpoolState.fails) -> Bool { failed(reason).isOnDisk }

  /// The locks that a writer takes: the sender's, too, if it sends what it writes.
  private func take(_ descriptor: Int32) -> Bool {
    disk.lock(descriptor, byte: 0) && (!share.writerSends(settings) || disk.lock(descriptor, byte: 1))
  }

  /// Begins a segment that was just made. Another process may have opened it first, found it empty and removed it.
  private func begin(_ slot: Int, _ descriptor: Int32) -> Bool {
    guard take(descriptor) else {
      // Somebody else has just opened it, or the system has no such locks.
      let isTaken = disk.error == EAGAIN || disk.error == EACCES
      if !isTaken { disk.remove(slot, descriptor) }
      disk.close(descriptor)
      return isTaken ? false : refuse("needs locks on open files (F_OFD_SETLK), which the system refuses")
    }
    guard isSound(descriptor) != nil else {
      disk.close(descriptor)
      return false
    }
    var segment = OpenSegment(slot: slot, descriptor: descriptor, salt: random.next())
    segment.start = disk.time
    if writeHeader(descriptor, segment.salt, segment.start) && begin(&segment) { return true }
    let error = disk.error
    remove(segment)
    tpc_posix_set_errno(error)
    return failed().isOnDisk
  }

  private func begin(_ segment: inout OpenSegment) -> Bool {
    segment.isOwn = share.writerSends(settings)
    segment.limit = disk.limit()
    // Whoever made it may have been killed before its name was on the disk.
    syncs.isFolderDirty = true
    return state.begin(segment)
  }

  /// The size of a file whose lock was just taken; nil if it is none of this user's, or another process has removed it. Before it has
  /// the lock, nobody can tell.
  @inline(never)
  func isSound(_ descriptor: Int32) -> Int? {
    var file = tpc_posix_file()
    return disk.look(descriptor, &file) && file.is_private != 0 && file.links == 1 ? Int(file.size) : nil
  }

  // MARK: Taking over

  /// Goes on with a segment that another process left, if there is one with room. What is pending in it stays for later.
  private func takeOver(_ size: Int) -> Bool {
    var looks = 0
    var isFound = false
    disk.forEachSlot { slot in
      guard looks < Self.mostLooks, slot < settings.slots else { return looks < Self.mostLooks }
      let descriptor = disk.open(slot, creates: false)
      guard descriptor >= 0 else { return true }
      if take(descriptor), let fileSize = isSound(descriptor), fileSize &+ size <= disk.limit() / 2 {
        looks &+= 1
        isFound = goOn(slot, descriptor, fileSize)
      }
      if !isFound { disk.close(descriptor) }
      return !isFound
    }
    return isFound
  }

  private func goOn(_ slot: Int, _ descriptor: Int32, _ size: Int) -> Bool {
    guard let memory = malloc(max(1, size)) else { return false }
    defer { free(memory) }
    guard disk.read(descriptor, memory, size, at: 0) == size,
      var reader = SegmentReader(Bytes(start: memory.assumingMemoryBound(to: UInt8.self), count: size))
    else {
      return false
    }
    var segment = OpenSegment(slot: slot, descriptor: descriptor, salt: reader.header.salt)
    while let found = reader.next() {
      if found.record.state == .pending { segment.pending &+= 1 }
    }
    // Whoever takes over what is damaged reads it with more care. The times of a round are those of one boot.
    guard reader.damaged == 0, !reader.isHostile, reader.header.tries == 0, reader.header.bootTag == disk.time.bootTag else { return false }
    segment.end = reader.end
    segment.sequence = reader.nextSequence
    segment.start = SpoolTime(reader.header)
    return begin(&segment)
  }
}

extension SpoolTime {
  /// The start of a round.
  package init(_ header: SegmentHeader) {
    wallMilliseconds = header.startedWallMilliseconds
    bootMilliseconds = header.startedBootMilliseconds
    bootTag = header.bootTag
  }

  /// How old a record of that round is now: by the clock that says less, so that nothing expires early. The boot clock counts only
  /// within one boot.
  package func age(ofRecordAt recordBoot: Int64, now: SpoolTime) -> Int64 {
    let wall = now.wallMilliseconds &- (wallMilliseconds &+ (recordBoot &- bootMilliseconds))
    let boot = bootTag != 0 && bootTag == now.bootTag ? now.bootMilliseconds &- recordBoot : Int64.max
    return max(0, min(wall, boot))
  }
}
