// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The folder of one destination, and the calls on its files.
struct FolderDisk: SpoolDisk, ~Copyable {
  /// The option `spool_directory`, with a NUL at its end.
  private let path: [UInt8]
  private let destination: UInt64
  private var folder: Int32 = -1

  init(_ path: [UInt8], destination: UInt64) {
    self.path = path + [0]
    self.destination = destination
  }

  deinit { if folder >= 0 { LockedFiles.close(folder) } }

  var error: Int32 { tpc_posix_errno() }

  @inline(__always)
  var now: Int64 { Clock.coarseMonotonic() }

  private let bootTag = tpc_posix_boot_tag()

  var time: SpoolTime {
    SpoolTime(wallMilliseconds: Clock.wall(), bootMilliseconds: bootMilliseconds, bootTag: bootTag)
  }

  var bootMilliseconds: Int64 { tpc_posix_clock_ns(CLOCK_BOOTTIME) / 1_000_000 }

  // MARK: The folder

  mutating func prepare() -> StaticString? {
    let outer = path.withUnsafeBytes { path in
      // It has a byte.
      FolderDisk.open(path.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), in: AT_FDCWD)
    }
    if let flaw = FolderDisk.flaw(outer) { return flaw }
    defer { LockedFiles.close(outer) }
    let inner: Int32 = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 24) { name in
      guard let name = name.baseAddress else { return -1 }
      tpc_posix_destination_name(name, destination)
      return FolderDisk.open(name, in: outer)
    }
    if let flaw = FolderDisk.flaw(inner) { return flaw }
    // Whoever removed the folder may have made it anew.
    folder = folder >= 0 ? LockedFiles.replace(folder, with: inner) : inner
    return nil
  }

  @inline(never)
  private static func open(_ name: UnsafePointer<CChar>, in outer: Int32) -> Int32 {
    LockedFiles.open { tpc_posix_make_folder_at(outer, name) }
  }

  /// Closes a folder that is not to be used, and says why.
  private static func flaw(_ folder: Int32) -> StaticString? {
    guard folder >= 0 else { return SpoolState.fails }
    let flaw: StaticString
    switch tpc_posix_folder_flaw(folder) {
    case Int32(TPC_FOLDER_IS_FINE): return nil
    case Int32(TPC_FOLDER_FAILS): flaw = SpoolState.fails
    case Int32(TPC_FOLDER_IS_FOREIGN): flaw = "belongs to another user; each user needs a folder of their own"
    case Int32(TPC_FOLDER_IS_SHARED): flaw = "can be written to by other users; expected mode 0700"
    default: flaw = "is on a network file system, or one that this version does not know"
    }
    let error = tpc_posix_errno()
    LockedFiles.close(folder)
    tpc_posix_set_errno(error)
    return flaw
  }

  // MARK: Segments

  func open(_ slot: Int, creates: Bool) -> Int32 {
    withName(slot) { name in
      LockedFiles.open { creates ? tpc_posix_create_at(folder, name) : tpc_posix_open_file_at(folder, name) }
    }
  }

  func openSender() -> Int32 { LockedFiles.open { tpc_posix_open_sender(folder) } }

  func close(_ descriptor: Int32) { LockedFiles.close(descriptor) }

  func lock(_ descriptor: Int32, byte: Int32) -> Bool { tpc_posix_lock_byte(descriptor, byte) == 0 }

  func unlock(_ descriptor: Int32, byte: Int32) { _ = tpc_posix_unlock_byte(descriptor, byte) }

  func look(_ descriptor: Int32, _ file: inout tpc_posix_file) -> Bool { LockedFiles.look(descriptor, &file) }

  @inline(__always)
  func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ size: Int, at offset: Int) -> Bool {
    tpc_posix_write_at(descriptor, bytes, size, offset) != 0
  }

  func read(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ size: Int, at offset: Int) -> Int {
    tpc_posix_read_at(descriptor, target, size, offset)
  }

  func remove(_ slot: Int, _ descriptor: Int32) {
    tpc_posix_remove_segment(folder, UInt32(truncatingIfNeeded: slot), descriptor)
  }

  func quarantine(_ slot: Int, _ descriptor: Int32) {
    tpc_posix_quarantine(folder, UInt32(truncatingIfNeeded: slot), descriptor)
  }

  func sync(_ descriptor: Int32) -> Bool { (descriptor < 0 ? fsync(folder) : fdatasync(descriptor)) == 0 }

  func forEachSlot(_ body: (Int) -> Bool) {
    let descriptor = StandardStreams.avoid { tpc_posix_open_folder_at(folder, ".") }
    guard let entries = fdopendir(descriptor) else {
      if descriptor >= 0 { _ = CTPCPOSIX.close(descriptor) }
      return
    }
    while true {
      let slot = tpc_posix_next_slot(entries)
      if slot < 0 || !body(Int(slot)) { break }
    }
    closedir(entries)
  }

  @inline(__always)
  func limit() -> Int { Int(tpc_posix_file_limit(Int64(SpoolPlace.segmentBytes))) }

  var hasSpace: Bool { tpc_posix_has_space(folder) != 0 }

  @inline(never)
  private func withName(_ slot: Int, _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 24) { name in
      guard let name = name.baseAddress else { return -1 }
      tpc_posix_segment_name(name, UInt32(truncatingIfNeeded: slot))
      return body(name)
    }
  }
}
