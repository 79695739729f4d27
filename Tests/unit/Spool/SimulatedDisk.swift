// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

@testable import TPCCore

/// What a process has open on the simulated machine.
final class SimulatedOwner {
  let number: Int
  fileprivate(set) var isDead = false
  fileprivate(set) var files: [Int32: SimulatedFile] = [:]
  fileprivate var error: Int32 = 0
  /// Whether it is going through the folder's names.
  fileprivate(set) var isListing = false
  /// Its open files are locked by whoever has these.
  var openFiles: Int { files.count }

  init(number: Int) { self.number = number }
}

/// A file, whatever names it has. `bytes` is what processes see, `durable` what a power loss leaves.
final class SimulatedFile {
  fileprivate(set) var bytes: [UInt8] = []
  fileprivate var durable: [UInt8] = []
  fileprivate var dirty = Set<Int>()
  fileprivate(set) var links = 1
  /// The descriptor that has the lock, by byte.
  fileprivate(set) var locks: [Int32: Int32] = [:]
  /// The events of the current round, by the offset of their records.
  fileprivate(set) var records: [Int: Int] = [:]

  static let sector = 512
}

final class SimulatedFolder {
  fileprivate(set) var names: [Int: SimulatedFile] = [:]
  fileprivate var durableNames: [Int: SimulatedFile] = [:]
  fileprivate(set) var setAside: [SimulatedFile] = []
  fileprivate var sender: SimulatedFile?
  fileprivate(set) var isRemoved = false
}

/// How often, in a thousand calls, each kind of call fails, and what the disk is like.
struct DiskFaults {
  var write = 0, note = 0, read = 0, open = 0, lock = 0, remove = 0, sync = 0, slow = 0
  var isFull = false
  /// Whether even a change in place needs room, as on btrfs.
  var needsRoomInPlace = false
}

/// What a machine tells whoever watches it.
protocol MachineWatcher: AnyObject {
  /// A process is before, or after, a system call: others may come first, and it may be killed.
  func interrupts(_ owner: SimulatedOwner)
  func noted(_ event: Int?, _ state: UInt8, isWritten: Bool)
  func tells(_ what: String)
  func violates(_ what: String)
}

/// A machine with one folder: its page cache, its disk, its locks and its clocks.
final class SimulatedMachine {
  unowned let watcher: MachineWatcher
  private var random: Random
  private(set) var folder: SimulatedFolder?
  private var lastDescriptor: Int32 = 0
  var faults = DiskFaults()
  var limit = SpoolPlace.segmentBytes
  var now: Int64 = 1_000_000
  var wall: Int64 = 1_800_000_000_000
  private var bootedAt: Int64 = 0
  private(set) var bootTag: UInt64 = 1
  private(set) var calls = 0
  /// The event that the call of `track` is about.
  var tracked = -1

  init(_ watcher: MachineWatcher, _ random: Random) {
    self.watcher = watcher
    self.random = random
  }

  var time: SpoolTime { SpoolTime(wallMilliseconds: wall, bootMilliseconds: now - bootedAt, bootTag: bootTag) }

  private func fails(_ perMille: Int) -> Bool { perMille > 0 && random.next() % 1000 < UInt64(perMille) }

  // MARK: What befalls it

  /// A process ends, and the system closes what it has open.
  func end(_ owner: SimulatedOwner) {
    for descriptor in owner.files.keys { drop(descriptor, owner) }
    owner.isDead = true
  }

  func advance(by duration: Int64) {
    now += duration
    wall += duration
  }

  func boot() {
    bootedAt = now
    bootTag &+= 1
    // Orderly: everything is written.
    guard let folder else { return }
    for file in folder.names.values { _ = save(file) }
    folder.durableNames = folder.names
  }

  /// What was not written yet is there or not, sector by sector. Every process has ended before.
  func losePower() {
    bootedAt = now
    bootTag &+= 1
    guard let folder else { return }
    let slots = Set(folder.names.keys).union(folder.durableNames.keys).sorted()
    for slot in slots {
      let (new, old) = (folder.names[slot], folder.durableNames[slot])
      folder.names[slot] = new === old || random.next() % 2 == 0 ? new : old
    }
    for slot in slots { folder.names[slot].map { decay($0) } }
    folder.durableNames = folder.names
  }

  private func decay(_ file: SimulatedFile) {
    var left = random.next() % 2 == 0 ? file.durable : file.bytes
    for sector in file.dirty.sorted() {
      let source = random.next() % 2 == 0 ? file.bytes : file.durable
      for index in sector * SimulatedFile.sector..<(sector + 1) * SimulatedFile.sector where index < left.count {
        left[index] = index < source.count ? source[index] : 0
      }
    }
    (file.bytes, file.durable, file.dirty, file.links) = (left, left, [], 1)
  }

  /// A cleaner removes the folder with all that is in it.
  func clean() {
    guard let folder else { return }
    for file in folder.names.values { file.links = 0 }
    folder.sender?.links = 0
    (folder.names, folder.durableNames, folder.isRemoved) = ([:], [:], true)
    self.folder = nil
  }

  // MARK: Calls

  /// One system call; `failure` if the process is killed before or after it.
  fileprivate func call<Result>(_ owner: SimulatedOwner, _ failure: Result, _ body: () -> Result) -> Result {
    guard !owner.isDead else { return failure }
    calls += 1
    watcher.interrupts(owner)
    guard !owner.isDead else { return failure }
    let result = body()
    watcher.interrupts(owner)
    return owner.isDead ? failure : result
  }

  fileprivate func fail<Result>(_ owner: SimulatedOwner, _ error: Int32, _ result: Result) -> Result {
    owner.error = error
    return result
  }

  fileprivate func prepare() -> SimulatedFolder {
    let made = folder ?? SimulatedFolder()
    folder = made
    return made
  }

  fileprivate func open(_ folder: SimulatedFolder?, _ slot: Int, creates: Bool, _ owner: SimulatedOwner) -> Int32 {
    guard let folder else { return fail(owner, EBADF, -1) }
    if fails(faults.open) { return fail(owner, EMFILE, -1) }
    let known = folder.names[slot]
    if creates {
      if known != nil { return fail(owner, EEXIST, -1) }
      if folder.isRemoved { return fail(owner, ENOENT, -1) }
      if faults.isFull { return fail(owner, ENOSPC, -1) }
    }
    guard let file = known ?? (creates ? SimulatedFile() : nil) else { return fail(owner, ENOENT, -1) }
    folder.names[slot] = file
    watcher.tells("process \(owner.number) \(creates ? "makes" : "opens") segment \(slot)")
    return add(file, owner)
  }

  private func add(_ file: SimulatedFile, _ owner: SimulatedOwner) -> Int32 {
    lastDescriptor += 1
    owner.files[lastDescriptor] = file
    return lastDescriptor
  }

  fileprivate func openSender(_ folder: SimulatedFolder?, _ owner: SimulatedOwner) -> Int32 {
    guard let folder, !folder.isRemoved else { return fail(owner, ENOENT, -1) }
    if fails(faults.open) { return fail(owner, EMFILE, -1) }
    let file = folder.sender ?? SimulatedFile()
    folder.sender = file
    return add(file, owner)
  }

  fileprivate func drop(_ descriptor: Int32, _ owner: SimulatedOwner) {
    guard let file = owner.files.removeValue(forKey: descriptor) else { return }
    for (byte, holder) in file.locks where holder == descriptor { file.locks[byte] = nil }
  }

  fileprivate func lock(_ descriptor: Int32, _ byte: Int32, _ owner: SimulatedOwner) -> Bool {
    guard let file = owner.files[descriptor] else { return fail(owner, EBADF, false) }
    if fails(faults.lock) { return fail(owner, random.next() % 2 == 0 ? EAGAIN : ENOLCK, false) }
    if let holder = file.locks[byte], holder != descriptor { return fail(owner, EAGAIN, false) }
    file.locks[byte] = descriptor
    return true
  }

  fileprivate func unlock(_ descriptor: Int32, _ byte: Int32, _ owner: SimulatedOwner) {
    guard let file = owner.files[descriptor], file.locks[byte] == descriptor else { return }
    file.locks[byte] = nil
  }

  fileprivate func write(_ descriptor: Int32, _ bytes: [UInt8], _ offset: Int, isRecord: Bool, _ owner: SimulatedOwner) -> Bool {
    guard let file = owner.files[descriptor] else { return fail(owner, EBADF, false) }
    let isNote = bytes.count == 1 && offset % 8 == SegmentRecord.stateOffset % 8
    let event = isNote ? file.records[offset - SegmentRecord.stateOffset] : tracked
    if isNote { check(file, descriptor, event, "process \(owner.number) at \(offset) of \(file.bytes.count) bytes") }
    if isRecord && file.locks[0] != descriptor { watcher.violates("a record is written without the writer's lock") }
    if fails(faults.slow) { advance(by: Int64(random.next() % 700)) }
    var (written, error) = (bytes.count, Int32(0))
    if fails(isNote ? faults.note : faults.write) {
      // A note is one byte: nothing of it is written.
      written = random.next() % 2 == 0 ? 0 : Int(random.next() % UInt64(bytes.count))
      error = written > 0 ? 0 : EIO
    } else if faults.isFull && (offset + bytes.count > file.bytes.count || faults.needsRoomInPlace) {
      (written, error) = (faults.needsRoomInPlace ? 0 : max(0, min(bytes.count, file.bytes.count - offset)), ENOSPC)
    }
    if offset == 0 && bytes.count == SegmentHeader.size && file.bytes.count >= 24 && bytes[16..<24] == file.bytes[16..<24] {
      watcher.violates("a round has the salt of the one before")
    }
    put(bytes.prefix(written), file, offset)
    if offset == 0 && bytes.count == SegmentHeader.size && written > 0 {
      file.records = [:]
      watcher.tells("process \(owner.number) begins a round")
    }
    if isRecord { file.records[offset] = written == bytes.count ? event : nil }
    if isRecord && written < bytes.count { watcher.tells("the disk takes \(written) bytes of it") }
    if isNote, let state = bytes.first { watcher.noted(event, state, isWritten: written == 1) }
    return written == bytes.count || fail(owner, error, false)
  }

  private func check(_ file: SimulatedFile, _ descriptor: Int32, _ event: Int?, _ place: String) {
    if event == nil { watcher.violates("a state is written where no record is: \(place), records at \(file.records.keys.sorted())") }
    if file.locks[0] != descriptor && file.locks[1] != descriptor { watcher.violates("a state is written without a lock") }
  }

  private func put(_ bytes: ArraySlice<UInt8>, _ file: SimulatedFile, _ offset: Int) {
    guard bytes.count > 0 else { return }
    if file.bytes.count < offset + bytes.count { file.bytes += [UInt8](repeating: 0, count: offset + bytes.count - file.bytes.count) }
    file.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    for sector in offset / SimulatedFile.sector...(offset + bytes.count - 1) / SimulatedFile.sector { file.dirty.insert(sector) }
  }

  fileprivate func read(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ size: Int, _ offset: Int, _ owner: SimulatedOwner) -> Int {
    guard let file = owner.files[descriptor] else { return fail(owner, EBADF, -1) }
    let count = max(0, min(size, file.bytes.count - offset))
    if fails(faults.read) { return fail(owner, EIO, -1) }
    file.bytes.withUnsafeBytes { bytes in
      if count > 0, let base = bytes.baseAddress { target.copyMemory(from: base + offset, byteCount: count) }
    }
    return count
  }

  /// Nothing happens to a name that is another file's.
  fileprivate func remove(_ folder: SimulatedFolder?, _ slot: Int, _ descriptor: Int32, _ owner: SimulatedOwner) {
    guard let folder, let file = folder.names[slot], owner.files[descriptor] === file else { return }
    let hasLock = owner.files.contains { $0.value === file && file.locks[0] == $0.key }
    if !hasLock && faults.lock == 0 { watcher.violates("process \(owner.number) removes the name of a file whose lock it has not") }
    if fails(faults.remove) { return fail(owner, EIO, ()) }
    watcher.tells("process \(owner.number) removes segment \(slot)")
    file.links = 0
    folder.names[slot] = nil
  }

  fileprivate func quarantine(_ folder: SimulatedFolder?, _ slot: Int, _ descriptor: Int32, _ owner: SimulatedOwner) {
    guard let folder, owner.files[descriptor] === folder.names[slot], let file = folder.names.removeValue(forKey: slot) else { return }
    watcher.tells("segment \(slot) is set aside")
    folder.setAside.append(file)
  }

  /// A failed sync leaves the system in the belief that all is written.
  fileprivate func sync(_ descriptor: Int32, _ folder: SimulatedFolder?, _ owner: SimulatedOwner) -> Bool {
    let isFailing = fails(faults.sync)
    if descriptor < 0 {
      if isFailing { return fail(owner, EIO, false) }
      if let folder { folder.durableNames = folder.names }
      return true
    }
    guard let file = owner.files[descriptor] else { return fail(owner, EBADF, false) }
    if isFailing {
      file.dirty = []
      return fail(owner, EIO, false)
    }
    return save(file)
  }

  private func save(_ file: SimulatedFile) -> Bool {
    if file.durable.count < file.bytes.count { file.durable += [UInt8](repeating: 0, count: file.bytes.count - file.durable.count) }
    for sector in file.dirty {
      let range = sector * SimulatedFile.sector..<min(file.bytes.count, (sector + 1) * SimulatedFile.sector)
      if !range.isEmpty { file.durable.replaceSubrange(range, with: file.bytes[range]) }
    }
    file.dirty = []
    return true
  }
}

/// A process's view of the machine.
struct SimulatedDisk: SpoolDisk, ~Copyable {
  let machine: SimulatedMachine
  let owner: SimulatedOwner
  private var folder: SimulatedFolder?

  init(_ machine: SimulatedMachine, _ owner: SimulatedOwner) { (self.machine, self.owner) = (machine, owner) }

  var now: Int64 { machine.now }
  var time: SpoolTime { machine.time }
  var bootMilliseconds: Int64 { machine.time.bootMilliseconds }
  var error: Int32 { owner.error }
  func limit() -> Int { machine.limit }
  var hasSpace: Bool { !machine.faults.isFull }

  mutating func prepare() -> StaticString? {
    guard !owner.isDead else { return SpoolState.fails }
    folder = machine.prepare()
    return nil
  }

  func open(_ slot: Int, creates: Bool) -> Int32 { machine.call(owner, -1) { machine.open(folder, slot, creates: creates, owner) } }

  func openSender() -> Int32 { machine.call(owner, -1) { machine.openSender(folder, owner) } }

  func close(_ descriptor: Int32) { machine.call(owner, ()) { machine.drop(descriptor, owner) } }

  func lock(_ descriptor: Int32, byte: Int32) -> Bool { machine.call(owner, false) { machine.lock(descriptor, byte, owner) } }

  func unlock(_ descriptor: Int32, byte: Int32) { machine.call(owner, ()) { machine.unlock(descriptor, byte, owner) } }

  func look(_ descriptor: Int32, _ file: inout tpc_posix_file) -> Bool {
    var found = tpc_posix_file()
    let isThere = machine.call(owner, false) {
      guard let file = owner.files[descriptor] else { return false }
      (found.links, found.size, found.is_private) = (UInt32(file.links), Int64(file.bytes.count), 1)
      return true
    }
    file = found
    return isThere
  }

  func write(_ descriptor: Int32, _ start: UnsafeRawPointer, _ size: Int, at offset: Int) -> Bool {
    machine.call(owner, false) {
      let bytes = Array(UnsafeRawBufferPointer(start: start, count: size))
      return machine.write(descriptor, bytes, offset, isRecord: offset >= SegmentHeader.size && size > SegmentRecord.headerSize, owner)
    }
  }

  func read(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ size: Int, at offset: Int) -> Int {
    machine.call(owner, -1) { machine.read(descriptor, target, size, offset, owner) }
  }

  func remove(_ slot: Int, _ descriptor: Int32) { machine.call(owner, ()) { machine.remove(folder, slot, descriptor, owner) } }

  func quarantine(_ slot: Int, _ descriptor: Int32) { machine.call(owner, ()) { machine.quarantine(folder, slot, descriptor, owner) } }

  func sync(_ descriptor: Int32) -> Bool { machine.call(owner, false) { machine.sync(descriptor, folder, owner) } }

  func forEachSlot(_ body: (Int) -> Bool) {
    guard !owner.isDead, let folder else { return }
    let wasListing = owner.isListing
    owner.isListing = true
    defer { owner.isListing = wasListing }
    for slot in folder.names.keys.sorted() where !body(slot) { return }
  }
}
