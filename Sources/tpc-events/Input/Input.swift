// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// A file to read, or standard input for `-`.
struct Input {
  let descriptor: Int32
  let name: Bytes

  init(_ path: Bytes) throws(UsageError) {
    name = path.matches("-") ? Bytes("standard input") : path
    guard !path.matches("-") else {
      descriptor = 0
      return
    }
    descriptor = Input.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw UsageError.file("open", path, tpc_posix_errno()) }
  }

  func failure(_ error: Int32) -> UsageError { UsageError.file("read", name, error) }

  /// Whether both are the same file.
  func isSame(as other: Int32) -> Bool {
    var mine = stat()
    var theirs = stat()
    guard fstat(descriptor, &mine) == 0, fstat(other, &theirs) == 0 else { return false }
    return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
  }

  /// open(2), readable by its owner alone when it is made: it may hold what visitors did.
  static func open(_ path: Bytes, _ flags: Int32) -> Int32 {
    (path + [0]).withUnsafeBufferPointer { path in
      path.withMemoryRebound(to: CChar.self) { tpc_posix_open($0.baseAddress, flags, 0o600) }
    }
  }
}
