// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A file to read, or standard input for `-`.
struct Input {
  let descriptor: Int32
  let name: Bytes
  /// The number of bytes that are left to read, when that is known.
  let size: Int?

  init(_ path: Bytes) throws(UsageError) {
    name = path.matches("-") ? Bytes("standard input") : path
    guard !path.matches("-") else {
      descriptor = 0
      size = DescriptorSource(0, InputWait()).size
      return
    }
    // A FIFO opens without a writer: the reader waits for one, and can be interrupted.
    descriptor = Input.open(path, flags: O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannot("open", path, error: tpc_posix_errno()) }
    size = DescriptorSource(descriptor, InputWait()).size
  }

  /// Whether it is a file that the command line names, and that can be read again from any line.
  var isFile: Bool { descriptor > 2 && tpc_posix_is_file(descriptor) != 0 }

  func failure(_ error: Int32) -> UsageError { .cannot("read", name, error: error) }

  var isPipe: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && tpc_posix_is_pipe(&status) != 0
  }

  /// Whether a descriptor is of the same file.
  func isSame(as other: Int32) -> Bool {
    var mine = stat()
    var theirs = stat()
    guard fstat(descriptor, &mine) == 0, fstat(other, &theirs) == 0 else { return false }
    return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
  }

  /// Opens a file. One that is created can be read by its owner only, since it may hold what visitors did.
  static func open(_ path: Bytes, flags: Int32) -> Int32 {
    (path + [0]).withUnsafeBufferPointer { path in
      path.withMemoryRebound(to: CChar.self) { tpc_posix_open($0.baseAddress, flags, 0o600) }
    }
  }
}
