// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// The files whose locks must not outlive this process. A lock belongs to the open file, which a forked child shares: as long as the
/// child keeps its descriptor, the lock of a parent that was killed would never end. So the child closes its copies, before anything
/// else: it only closes them, since unlocking would take the lock from the parent.
///
/// A fixed table, so that a child can read it wherever the fork came between.
enum LockedFiles {
  private struct Entry: ~Copyable {
    /// The descriptor plus one; 0 in a free entry.
    let number = Atomic<Int32>(0)
    /// The fork generation that opened it.
    let forks = Atomic<UInt32>(0)
    /// The file's inode: the host may have closed the descriptor, and given its number to a file of its own.
    let inode = Atomic<UInt64>(0)
  }

  private static let capacity = 2048
  /// The table's address; 0 until the first file is opened.
  private static let address = Atomic<UInt>(0)
  /// How many entries were ever in use: the others need not be looked at.
  private static let used = Atomic<Int>(0)
  private static let lock = ForkSafeLock()

  /// Opens a file and notes it. No fork comes in between, unless one has waited for too long. Returns the descriptor; -1 with the
  /// reason in `errno`, or when the table is full.
  static func open(_ open: () -> Int32) -> Int32 {
    guard lock.lock() else { return -1 }
    defer { lock.unlock() }
    guard let free = freeEntry() else {
      tpc_posix_set_errno(EMFILE)
      return -1
    }
    var error: Int32 = 0
    let descriptor = StandardStreams.avoid {
      let opened = open()
      error = tpc_posix_errno()
      return opened
    }
    tpc_posix_set_errno(error)
    guard descriptor >= 0 else { return -1 }
    // A high number: the host's next file then never gets it, even if the host closes it by mistake.
    let high = tpc_posix_duplicate(descriptor, tpc_posix_high_descriptor())
    if high >= 0 { _ = CTPCPOSIX.close(descriptor) }
    var kept = high >= 0 ? high : descriptor
    // A number that the host closed is not used again before whoever had it has seen that.
    while entry(of: kept) != nil {
      let next = tpc_posix_duplicate(kept, kept &+ 1)
      _ = CTPCPOSIX.close(kept)
      kept = next
    }
    guard kept >= 0 else { return -1 }
    var file = tpc_posix_file()
    _ = tpc_posix_look(kept, &file)
    free.pointee.inode.store(file.inode, ordering: .relaxed)
    free.pointee.forks.store(ForkDetector.generation, ordering: .relaxed)
    free.pointee.number.store(kept &+ 1, ordering: .releasing)
    return kept
  }

  /// Lets a descriptor stand for another file that was opened here, in one step: another thread may use it meanwhile. Returns the
  /// descriptor of that file: the other one's own if this one is the host's by now.
  static func replace(_ descriptor: Int32, with other: Int32) -> Int32 {
    var file = tpc_posix_file()
    guard look(descriptor, &file), tpc_posix_look(other, &file) == 0, let entry = entry(of: descriptor),
      tpc_posix_replace(descriptor, other) == descriptor
    else {
      close(descriptor)
      return other
    }
    entry.pointee.inode.store(file.inode, ordering: .relaxed)
    close(other)
    return descriptor
  }

  /// Closes a file, unless its descriptor is the host's by now; then it is only forgotten.
  static func close(_ descriptor: Int32) {
    if let entry = entry(of: descriptor) { release(entry, descriptor) }
  }

  /// Whether the descriptor is still that of the file that was opened, and whether the file still has a name.
  static func look(_ descriptor: Int32, _ file: inout tpc_posix_file) -> Bool {
    guard let entry = entry(of: descriptor), tpc_posix_look(descriptor, &file) == 0 else { return false }
    return entry.pointee.inode.load(ordering: .relaxed) == file.inode
  }

  private static func entry(of descriptor: Int32) -> UnsafeMutablePointer<Entry>? {
    guard let entries else { return nil }
    for index in 0..<used.load(ordering: .acquiring) where entries[index].number.load(ordering: .acquiring) == descriptor &+ 1 {
      return entries + index
    }
    return nil
  }

  private static func release(_ entry: UnsafeMutablePointer<Entry>, _ descriptor: Int32) {
    var file = tpc_posix_file()
    let isOurs = tpc_posix_look(descriptor, &file) == 0 && file.inode == entry.pointee.inode.load(ordering: .relaxed)
    entry.pointee.number.store(0, ordering: .releasing)
    if isOurs { _ = CTPCPOSIX.close(descriptor) }
  }

  private static var entries: UnsafeMutablePointer<Entry>? { UnsafeMutablePointer(bitPattern: address.load(ordering: .acquiring)) }

  /// Called with the lock held.
  private static func freeEntry() -> UnsafeMutablePointer<Entry>? {
    if entries == nil {
      guard let memory = calloc(capacity, MemoryLayout<Entry>.stride) else { return nil }
      address.store(UInt(bitPattern: memory), ordering: .releasing)
    }
    guard let entries else { return nil }
    for index in 0..<capacity where entries[index].number.load(ordering: .relaxed) == 0 {
      if index >= used.load(ordering: .relaxed) { used.store(index &+ 1, ordering: .releasing) }
      return entries + index
    }
    return nil
  }

  // MARK: Forks

  /// In the process that forks: waits until no file is between being opened and being noted.
  static func beginFork() {
    guard entries != nil else { return }
    isLockedForFork.store(lock.lock(until: Clock.monotonic() + ProcessLife.forkPatienceMilliseconds), ordering: .relaxed)
  }

  private static let isLockedForFork = Atomic<Bool>(false)

  static func endFork() {
    if isLockedForFork.exchange(false, ordering: .relaxed) { lock.unlock() }
  }

  static func endForkInChild() {
    isLockedForFork.store(false, ordering: .relaxed)
    closeInherited()
  }

  /// In a child: closes the parent's files. A child that was forked past the C library's handlers does this at its first call.
  static func closeInherited() {
    guard let entries else { return }
    let error = tpc_posix_errno()
    let generation = ForkDetector.generationInHandler
    for index in 0..<used.load(ordering: .acquiring) {
      let number = entries[index].number.load(ordering: .acquiring)
      if number > 0 && entries[index].forks.load(ordering: .relaxed) != generation { release(entries + index, number &- 1) }
    }
    tpc_posix_set_errno(error)
  }
}
