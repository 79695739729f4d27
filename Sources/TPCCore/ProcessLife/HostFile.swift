// SPDX-License-Identifier: Apache-2.0

import CPOSIX

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
    // One byte more shows that there is more.
    guard text.reserve(maximumBytes + 1), let base = text.base else { return .outOfMemory }
    var error: Int32 = 0
    let descriptor = StandardStreams.avoid {
      // Opening a pipe must not wait for its other end.
      let opened = name.withUnsafeBytes {
        $0.baseAddress.map { tpc_posix_open($0.assumingMemoryBound(to: CChar.self), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0) }
      }
      error = tpc_posix_errno()
      return opened ?? -1
    }
    guard descriptor >= 0 else { return error == ENOENT || error == ENOTDIR ? .missing : .unreadable }
    defer { close(descriptor) }
    guard tpc_posix_is_file(descriptor) != 0 else { return .notAFile }
    while true {
      let length = CPOSIX.read(descriptor, base + text.count, maximumBytes + 1 - text.count)
      guard length > 0 else { return length == 0 ? .read : .unreadable }
      text.commit(length)
      if text.count > maximumBytes { return .tooLarge }
    }
  }
}
