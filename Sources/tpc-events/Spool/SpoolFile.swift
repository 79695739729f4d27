// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A file in a destination's folder. Nothing about it is trusted: it may be a link, a FIFO, or anybody's.
final class SpoolFile {
  let name: [UInt8]
  let kind: SpoolName
  /// -1 if it cannot be used.
  private(set) var descriptor: Int32
  private(set) var status = stat()
  /// Why it is none that the library would use; nil if it would.
  private(set) var flaw: StaticString?
  /// Whether somebody removed it in the meantime.
  private(set) var isGone = false

  /// The most that a segment has.
  static let maximumBytes = 1 << 20

  init(_ name: [UInt8], in folder: SpoolFolder, forWriting: Bool = false) {
    self.name = name
    kind = SpoolName(name)
    let flags = (forWriting ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    descriptor = SpoolFolder.open(name, in: folder.descriptor, flags: flags)
    let error = tpc_posix_errno()
    guard descriptor >= 0 else {
      isGone = error == ENOENT
      flaw = error == ELOOP ? "is a link" : error == EISDIR || error == ENXIO ? "is not a file" : "cannot be opened"
      return
    }
    look(folder)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Looks at the file's owner, mode and names: after its locks were taken, nobody else changes them.
  func look(_ folder: SpoolFolder) {
    flaw = nil
    guard fstat(descriptor, &status) == 0, tpc_posix_is_regular(&status) != 0 else {
      flaw = "is not a file"
      return
    }
    isGone = status.st_nlink == 0
    if status.st_uid != folder.status.st_uid {
      flaw = "belongs to another user than its folder"
    } else if status.st_mode & 0o077 != 0 {
      flaw = "can be used by other users; expected mode 0600"
    } else if status.st_nlink > 1 {
      flaw = "has another name besides this one"
    } else if kind == .segment, status.st_size > SpoolFile.maximumBytes {
      flaw = "is larger than a segment"
    }
  }

  var size: Int { max(0, Int(status.st_size)) }

  /// Whether whoever writes it is alive, and whoever sends what is in it. Nil if the system does not say.
  var hasWriter: Bool? { isLocked(0) }
  var hasSender: Bool? { isLocked(1) }

  var isInUse: Bool { hasWriter == true || hasSender == true }

  private func isLocked(_ byte: Int32) -> Bool? {
    let answer = tpc_posix_is_byte_locked(descriptor, byte)
    return answer < 0 ? nil : answer > 0
  }

  /// Takes both locks, without waiting. They end when the file is closed.
  func lock() -> Bool { tpc_posix_lock_byte(descriptor, 0) == 0 && tpc_posix_lock_byte(descriptor, 1) == 0 }

  /// Marks the record at an offset as deleted.
  func purge(_ offset: Int) -> Bool {
    var state = RecordState.purged.rawValue
    return pwrite(descriptor, &state, 1, offset + SegmentRecord.stateOffset) == 1
  }

  /// Reads the file into memory of `maximumBytes`. Returns how many bytes; -1 with the reason in `errno`.
  func read(into memory: UnsafeMutablePointer<UInt8>) -> Int {
    var count = 0
    while count < SpoolFile.maximumBytes {
      let read = pread(descriptor, memory + count, SpoolFile.maximumBytes - count, count)
      if read < 0, tpc_posix_errno() == EINTR { continue }
      if read < 0 { return -1 }
      if read == 0 { break }
      count += read
    }
    return count
  }
}
