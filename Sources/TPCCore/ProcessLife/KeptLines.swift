// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// The log lines of all clients whose `log_descriptor` is -1, until the host takes them. A callback would run the host's code on
/// a thread of ours; here a line waits for the host's next call. What nobody took by the process's exit goes to standard error.
package enum KeptLines {
  /// The most lines that are kept; further ones are only counted, and one last line says how many.
  private static let capacity = 16
  /// A line with its NUL.
  private static let lineBytes = 512

  /// The lines' memory, a ring. Not a `static let`: see `ClientTable`.
  private static let address = Atomic<UInt>(0)
  private static let lock = ForkSafeLock()
  // These change under the lock only.
  private static let first = Atomic<Int>(0)
  private static let count = Atomic<Int>(0)
  private static let lost = Atomic<Int>(0)
  /// The process that the lines belong to, by its fork generation: a child writes none of its parent's.
  private static let forks = Atomic<UInt32>(0)
  private static let isEnding = Atomic<Bool>(false)

  /// Makes the memory, once in a process: the sender, which logs most lines, allocates nothing for them. Called before a client is
  /// made, so that the exit handler runs after the one that delivers.
  @inline(never)
  static func prepare() {
    guard address.load(ordering: .acquiring) == 0, CurlGate.atExit({ KeptLines.end() }), let memory = calloc(capacity, lineBytes)
    else { return }
    // If two threads race, one of them keeps its memory.
    if !address.compareExchange(expected: 0, desired: UInt(bitPattern: memory), ordering: .acquiringAndReleasing).exchanged {
      free(memory)
    }
  }

  /// Keeps a line without its end. `false` if nobody will take it: there is no memory, or the process has ended.
  @inline(never)
  static func keep(_ line: Bytes) -> Bool {
    guard lock.lock() else { return false }
    defer { lock.unlock() }
    forgetParent()
    let kept = count.load(ordering: .relaxed)
    guard !isEnding.load(ordering: .relaxed), let slot = slot(first.load(ordering: .relaxed) &+ kept) else { return false }
    guard kept < capacity, lost.load(ordering: .relaxed) == 0 else {
      lost.wrappingAdd(1, ordering: .relaxed)
      return true
    }
    let length = UTF8Text.cut(line, to: lineBytes &- 1)
    if let start = line.baseAddress { memcpy(slot, start, length) }
    slot[length] = 0
    count.store(kept &+ 1, ordering: .relaxed)
    return true
  }

  /// Calls `body` with the oldest line, such as "warn: text", which is gone then unless `body` fails. `false` when there is none,
  /// or another thread is at the lines. Never waits.
  @export(interface)
  package static func take(_ body: (Bytes) throws(Failure) -> Void) throws(Failure) -> Bool {
    guard count.load(ordering: .relaxed) > 0 || lost.load(ordering: .relaxed) > 0, lock.lock(until: 0) else { return false }
    defer { lock.unlock() }
    forgetParent()
    return try takeLocked(body)
  }

  private static func takeLocked(_ body: (Bytes) throws(Failure) -> Void) throws(Failure) -> Bool {
    let (start, kept, missing) = (
      first.load(ordering: .relaxed), count.load(ordering: .relaxed), lost.load(ordering: .relaxed)
    )
    if kept > 0, let slot = slot(start) {
      try body(Bytes(start: slot, count: strlen(UnsafeRawPointer(slot).assumingMemoryBound(to: CChar.self))))
      first.store((start &+ 1) % capacity, ordering: .relaxed)
      count.store(kept &- 1, ordering: .relaxed)
      return true
    }
    guard missing > 0 else { return false }
    var line = MessageBuilder()
    line.add("warn: further log lines that were not kept: ")
    line.add(missing)
    let text = line.text
    try text.withUnsafeBufferPointer { bytes throws(Failure) in try body(bytes) }
    lost.store(0, ordering: .relaxed)
    return true
  }

  private static func slot(_ index: Int) -> UnsafeMutablePointer<UInt8>? {
    UnsafeMutablePointer<UInt8>(bitPattern: address.load(ordering: .acquiring)).map { $0 + index % capacity &* lineBytes }
  }

  private static func forgetParent() {
    let own = ForkDetector.generation
    guard forks.exchange(own, ordering: .relaxed) != own else { return }
    count.store(0, ordering: .relaxed)
    lost.store(0, ordering: .relaxed)
  }

  /// Writes what nobody took. Lines that come later are written at once.
  private static func end() {
    guard lock.lock() else { return }
    defer { lock.unlock() }
    isEnding.store(true, ordering: .relaxed)
    forgetParent()
    while (try? takeLocked { Log.write($0, to: -1) }) == true {}
  }
}
