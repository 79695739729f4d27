// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// The numbers 0 to 2. A host that closed one of them may go on writing to it, and the system hands out the lowest free numbers:
/// a connection of ours with such a number would carry to the server what the host says to its standard error, and our log.
///
/// The host may put a file of its own at such a number (`dup2`) at any moment, and the system has no call that closes a
/// descriptor only if it is still ours. So a number is given back only where the host never used it, and only what a name says
/// is a placeholder. One that the host opens and closes keeps its placeholder until the host puts something there.
enum StandardStreams {
  static let numbers: ClosedRange<Int32> = 0...2

  /// One at a time: what one thread takes and gives back is for another neither open nor closed.
  private static let lock = ForkSafeLock()
  /// The numbers that the host was seen to use, a bit each.
  private static let used = Atomic<UInt32>(0)
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
    let isLocked = lock.lock()
    defer { if isLocked { lock.unlock() } }
    noteUsed()
    guard numbers.contains(where: { tpc_posix_is_open($0) == 0 }) else { return body() }
    take()
    defer { giveBack() }
    return body()
  }

  private static func noteUsed() {
    for number in numbers where !wasUsed(number) && tpc_posix_is_open(number) != 0 && !isPlaceholder(number) {
      used.bitwiseOr(1 << UInt32(number), ordering: .relaxed)
    }
  }

  /// Puts one empty file in memory at all numbers that are closed. Nothing can be written to it.
  private static func take() {
    let made = name.bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { tpc_posix_memory_file($0) } ?? -1 }
    let own = numbers.contains(made) ? tpc_posix_duplicate(made, numbers.upperBound + 1) : made
    guard own >= 0 else { return }
    defer { close(own) }
    // Otherwise the host was quicker: it has put a file of its own where ours was.
    guard isPlaceholder(own) else { return }
    tpc_posix_seal(own)
    while true {
      let number = tpc_posix_duplicate(own, 0)
      guard !numbers.contains(number) else { continue }
      if number >= 0 { close(number) }
      return
    }
  }

  private static func giveBack() {
    // A host that closed a number a moment ago is mostly about to use it: its own file then stands there when we look.
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
