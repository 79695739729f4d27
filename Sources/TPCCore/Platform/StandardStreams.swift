// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The numbers 0 to 2. A host that closed one of them may go on writing to it, and the system hands out the lowest free numbers:
/// a connection of ours with such a number would carry to the server what the host says to its standard error, and our log.
enum StandardStreams {
  /// One at a time: what one thread takes and gives back is for another neither open nor closed.
  private static let lock = ForkSafeLock()

  /// Calls `open` while those that are closed are taken, by descriptors that swallow or refuse what is written to them.
  static func avoid<Result>(_ open: () -> Result) -> Result {
    let isLocked = lock.lock()
    defer { if isLocked { lock.unlock() } }
    var taken: (Bool, Bool, Bool) = (false, false, false)
    taken.0 = take(0)
    taken.1 = take(1)
    taken.2 = take(2)
    defer {
      if taken.0 { close(0) }
      if taken.1 { close(1) }
      if taken.2 { close(2) }
    }
    return open()
  }

  private static func take(_ number: Int32) -> Bool {
    guard tpc_posix_is_open(number) == 0 else { return false }
    let descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    if descriptor >= 0 && descriptor != number { close(descriptor) }
    return descriptor == number
  }
}
