// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The numbers 0 to 2. A host that closed one of them may go on writing to it, and the system hands out the lowest free numbers:
/// a connection of ours with such a number would carry to the server what the host says to its standard error, and our log.
///
/// The host may also put a file of its own at such a number (`dup2`) at any moment, and the system has no call that closes a
/// descriptor only if it is still ours. So what stands at 0 to 2 is closed only if its name says that it is a placeholder.
enum StandardStreams {
  /// One at a time: what one thread takes and gives back is for another neither open nor closed.
  private static let lock = ForkSafeLock()
  static let numbers: ClosedRange<Int32> = 0...2
  private static let attempts = 8
  private static let name: StaticString = "tpc-standard-stream"
  /// What /proc/self/fd says of a placeholder.
  private static let target: StaticString = "/memfd:tpc-standard-stream (deleted)"

  /// Opens a descriptor above 2. Returns -1 where the system refuses one.
  static func avoid(_ open: () -> Int32) -> Int32 {
    for _ in 0..<attempts {
      let descriptor = whileTaken(open)
      guard numbers.contains(descriptor) else { return descriptor }
      // The host closed the number in this very moment, mostly to put a file of its own there, which ends ours. Closing it could
      // close the host's, so it stays where it is, unused.
    }
    return -1
  }

  /// Calls `body` while those that are closed are taken by placeholders.
  static func whileTaken<Result>(_ body: () -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    guard numbers.contains(where: { tpc_posix_is_open($0) == 0 }) else { return body() }
    take()
    defer { giveBack() }
    return body()
  }

  private static func take() {
    while true {
      let descriptor = memoryFile()
      if descriptor > numbers.upperBound { close(descriptor) }
      guard numbers.contains(descriptor) else { return }
    }
  }

  /// An empty file in memory: a host that writes to it writes to nobody.
  private static func memoryFile() -> Int32 {
    name.bytes.withMemoryRebound(to: CChar.self) { name in
      name.baseAddress.map { tpc_posix_memfd_create($0, tpc_posix_memfd_cloexec) } ?? -1
    }
  }

  private static func giveBack() {
    // A host that closed a number a moment ago is mostly about to use it: its own file then stands there when we look.
    usleep(1_000)
    for number in numbers where isPlaceholder(number) { close(number) }
  }

  private static func isPlaceholder(_ number: Int32) -> Bool {
    let paths: [StaticString] = ["/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"]
    let path = paths[Int(number)]
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { found in
      let length = path.bytes.withMemoryRebound(to: CChar.self) { path -> Int in
        guard let path = path.baseAddress, let start = found.baseAddress else { return -1 }
        return readlink(path, start, found.count)
      }
      return found.withMemoryRebound(to: UInt8.self) { Bytes($0).part(0, length).matches(target) }
    }
  }
}
