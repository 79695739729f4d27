// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// Keeps our descriptors away from the numbers 0 to 2. A host that closed one of them may still write to it, and the
/// system hands out the lowest free numbers: a connection of ours with such a number would send to the server whatever
/// the host writes to its standard error, and our log.
///
/// The host may put a file of its own at such a number (`dup2`) at any moment, and no system call closes a descriptor
/// only if it is still ours. So a number is released only if the host was never seen to use it, and only while its name
/// still says that it is a placeholder. A number that the host opens and closes keeps its placeholder until the host
/// puts something there.
enum StandardStreams {
  static let numbers: ClosedRange<Int32> = 0...2

  /// Serialized: while one thread temporarily occupies 0 to 2, another cannot tell whether they are really open.
  private static let lock = ForkSafeLock()
  /// The numbers that the host was seen to use, one bit each.
  private static let used = Atomic<UInt32>(0)
  private static let attempts = 8
  private static let name: StaticString = "tpc-standard-stream"
  /// What /proc/self/fd shows for a placeholder.
  private static let target: StaticString = "/memfd:tpc-standard-stream (deleted)"

  /// Opens a descriptor above 2. Returns -1 if the system refuses one.
  static func avoid(_ open: () -> Int32) -> Int32 {
    for _ in 0..<attempts {
      let descriptor = whileTaken(open)
      guard numbers.contains(descriptor) else { return descriptor }
      // The host closed this number just now, most likely to put a file of its own there, which closes ours. Closing it
      // here could close the host's file, so it is left open and unused.
    }
    return -1
  }

  /// Calls `body` while placeholders occupy those numbers that are closed.
  static func whileTaken<Result>(_ body: () -> Result) -> Result {
    let isLocked = lock.lock()
    defer { if isLocked { lock.unlock() } }
    noteUsed()
    guard numbers.contains(where: { tpc_posix_is_open($0) == 0 }) else { return body() }
    occupy()
    defer { release() }
    return body()
  }

  private static func noteUsed() {
    for number in numbers where !wasUsed(number) && tpc_posix_is_open(number) != 0 && !isPlaceholder(number) {
      used.bitwiseOr(1 << UInt32(number), ordering: .relaxed)
    }
  }

  /// Puts one empty in-memory file, sealed so that nothing can be written to it, at every closed number.
  private static func occupy() {
    let made = name.bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { tpc_posix_memory_file($0) } ?? -1 }
    let own = numbers.contains(made) ? tpc_posix_duplicate(made, numbers.upperBound + 1) : made
    guard own >= 0 else { return }
    defer { close(own) }
    // If this does not hold, the host was faster and has put a file of its own where ours was.
    guard isPlaceholder(own) else { return }
    tpc_posix_seal(own)
    while true {
      let number = tpc_posix_duplicate(own, 0)
      guard !numbers.contains(number) else { continue }
      if number >= 0 { close(number) }
      return
    }
  }

  private static func release() {
    // A host that just closed a number is most likely about to reuse it: give it a moment, so that we see its file
    // there.
    usleep(1_000)
    noteUsed()
    for number in numbers where !wasUsed(number) && isPlaceholder(number) { close(number) }
  }

  private static func wasUsed(_ number: Int32) -> Bool { used.load(ordering: .relaxed) >> UInt32(number) & 1 == 1 }

  private static func isPlaceholder(_ number: Int32) -> Bool {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { found in
      let length = tpc_posix_target(number, found.baseAddress, found.count)
      return found.withMemoryRebound(to: UInt8.self) { Bytes($0).part(0, length).matches(target) }
    }
  }
}
