// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The file of `--state FILE`. It belongs to one follower at a time, is readable for its user only, and is replaced as a whole.
final class StateFile {
  private let path: [UInt8]
  /// Holds the lock. A file of its own, since the state's is another one after each write.
  private let lock: Int32
  private(set) var state: FollowState?

  private static let mostBytes = 1 << 20

  /// Reads the state, if there is one. Fails when it is another follower's, another user's, or not a state.
  init(_ given: Bytes) throws(UsageError) {
    guard !given.isEmpty, given.last != UInt8(ascii: "/"), !given.matches("-") else { throw StateFile.refused("expected the name of a file") }
    let path = [UInt8](given)
    self.path = path
    let lockPath = path + [UInt8](".lock")
    lock = StateFile.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard lock >= 0 else { throw StateFile.failed("open", lockPath) }
    guard tpc_posix_lock_file(lock) != 0 else {
      throw StateFile.refused("found a state that another follower is using; expected one of its own for each")
    }
    try read()
  }

  private func read() throws(UsageError) {
    let descriptor = StateFile.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if tpc_posix_errno() == ENOENT { return }
      throw StateFile.failed("open", path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, tpc_posix_is_regular(&status) != 0 else { throw StateFile.refused("expected a file") }
    guard status.st_uid == geteuid() else { throw StateFile.refused("found a file of another user; expected one of the user who follows") }
    guard status.st_mode & 0o022 == 0 else { throw StateFile.refused("found a file that other users may write; expected mode 0600") }
    // An empty file is one that was made for the state.
    guard status.st_size > 0 else { return }
    let text = UnsafeMutablePointer<UInt8>.allocate(capacity: StateFile.mostBytes)
    defer { text.deallocate() }
    let count = tpc_posix_read_at(descriptor, text, StateFile.mostBytes, 0)
    guard count >= 0 else { throw StateFile.failed("read", path) }
    guard let found = FollowState(Bytes(start: text, count: count)) else {
      throw StateFile.refused("found a file with other contents; expected a new one, or the state of an earlier run")
    }
    state = found
  }

  /// Replaces the state: whoever reads it finds the old one or the new one, whole, whatever happens to the system. (The name is not made
  /// durable: the old one only means that some visits are sent again.) Returns the error number, 0 for none.
  func write(_ state: FollowState) -> Int32 {
    let newPath = path + [UInt8](".new")
    let descriptor = StateFile.open(newPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return tpc_posix_errno() }
    let text = state.text
    let isWritten = text.withUnsafeBufferPointer { tpc_posix_write_at(descriptor, $0.baseAddress, $0.count, 0) } != 0
    guard isWritten, fsync(descriptor) == 0 else {
      let error = tpc_posix_errno()
      close(descriptor)
      return error
    }
    close(descriptor)
    let isReplaced = StateFile.withName(newPath) { new in StateFile.withName(path) { rename(new, $0) } } == 0
    guard isReplaced else { return tpc_posix_errno() }
    return 0
  }

  /// "cannot write STATE: No space left on device".
  func failure(_ error: Int32) -> [UInt8] { path.withUnsafeBufferPointer { UsageError.cannot("write", $0, error: error).message } }

  static func refused(_ message: StaticString) -> UsageError { UsageError(flag: Bytes("state"), [UInt8](message)) }

  // MARK: Names

  private static func failed(_ action: StaticString, _ path: [UInt8]) -> UsageError {
    let error = tpc_posix_errno()
    return path.withUnsafeBufferPointer { .cannot(action, $0, error: error) }
  }

  private static func open(_ path: [UInt8], _ flags: Int32) -> Int32 { withName(path) { tpc_posix_open($0, flags, 0o600) } }

  private static func withName<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // It has a byte.
    (path + [0]).withUnsafeBufferPointer { path in path.withMemoryRebound(to: CChar.self) { body($0.baseAddress.unsafelyUnwrapped) } }
  }
}
