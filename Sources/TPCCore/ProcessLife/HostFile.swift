// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

extension UnsafeBufferPointer where Element == UInt8 {
  /// The text without a byte order mark, which some editors put before it.
  @inline(never)
  func withoutMark() -> Bytes { part(0, 3).matches("\u{FEFF}") ? tail(3) : self }
}

/// A file that the host's operator wrote, read as a whole.
enum HostFile {
  enum Result {
    case read
    case missing
    /// This process may not read it.
    case unreadable
    /// It is something other than a file, such as a folder or a pipe.
    case notAFile
    case tooLarge
    case outOfMemory
  }

  /// Reads the file into an empty buffer.
  @inline(never)
  static func read(_ path: [UInt8], maximumBytes: Int, into text: inout ByteBuffer) -> Result {
    var name = path
    name.append(0)
    // It has a byte.
    return name.withUnsafeBytes {
      read($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), in: AT_FDCWD, maximumBytes: maximumBytes, into: &text)
    }
  }

  /// The same for a name within an open folder.
  @inline(never)
  static func read(_ name: UnsafePointer<CChar>, in folder: Int32, maximumBytes: Int, into text: inout ByteBuffer) -> Result {
    // One byte more shows that there is more.
    guard text.reserve(maximumBytes + 1), let base = text.base else { return .outOfMemory }
    let descriptor = open(name, in: folder)
    guard descriptor >= 0 else { return tpc_posix_errno() == ENOENT || tpc_posix_errno() == ENOTDIR ? .missing : .unreadable }
    defer { close(descriptor) }
    guard tpc_posix_is_file(descriptor) != 0 else { return .notAFile }
    while true {
      let length = CTPCPOSIX.read(descriptor, base + text.count, maximumBytes + 1 - text.count)
      guard length > 0 else { return length == 0 ? .read : .unreadable }
      text.commit(length)
      if text.count > maximumBytes { return .tooLarge }
    }
  }

  /// Opens a file or folder for reading. Returns the descriptor, or -1 with the reason in `errno`.
  @inline(never)
  static func open(_ name: UnsafePointer<CChar>, in folder: Int32) -> Int32 {
    var error: Int32 = 0
    let descriptor = StandardStreams.avoid {
      // Opening a pipe must not wait for its other end.
      let opened = tpc_posix_open_at(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
      error = tpc_posix_errno()
      return opened
    }
    if descriptor < 0 { tpc_posix_set_errno(error) }
    return descriptor
  }
}
