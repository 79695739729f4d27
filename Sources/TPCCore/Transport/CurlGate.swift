// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// Keeps sender threads out of libcurl, and so out of OpenSSL, while the process forks or ends.
///
/// A fork copies OpenSSL's locks as they are: one that a sender holds at that moment is held in the child for ever, and the
/// child hangs in its own TLS or at its exit. And `exit` runs OpenSSL's handler (OPENSSL_cleanup) while other threads still
/// run: a sender that is inside OpenSSL then crashes the host. So handlers for both close this gate and wait a moment for the
/// senders that are inside; that is milliseconds at the worst, since none waits for the network there.
enum CurlGate {
  /// fork generation (32 bits) | senders inside (32 bits): a child has none of its parent's threads.
  private static let inside = Atomic<UInt64>(0)
  /// Forks under way.
  private static let forks = Atomic<Int>(0)
  private static let isExiting = Atomic<Bool>(false)
  /// How long a fork or an exit is held up at the most, in milliseconds.
  private static let patience: Int64 = 500

  /// Once a process, after libcurl was set up: handlers at exit run last in, first out, so this one's runs before OpenSSL's.
  static let isRegistered: Bool =
    atexit { CurlGate.isExiting.store(true, ordering: .sequentiallyConsistent); CurlGate.waitUntilEmpty() } == 0
    && pthread_atfork(
      {
        CurlGate.forks.wrappingAdd(1, ordering: .sequentiallyConsistent)
        CurlGate.waitUntilEmpty()
      },
      { CurlGate.forks.wrappingSubtract(1, ordering: .sequentiallyConsistent) },
      { CurlGate.forks.store(0, ordering: .sequentiallyConsistent) }) == 0

  /// To be called before libcurl is, by a sender. Waits while the process forks, and for ever once it ends.
  static func enter() {
    while !tryEnter() {
      // All signals are blocked on this thread: the process ends under it.
      while isExiting.load(ordering: .sequentiallyConsistent) { pause() }
    }
  }

  /// The same for a thread of the host's: `false` once the process ends, and then libcurl must not be called any more.
  static func enterUnlessExiting() -> Bool {
    while !isExiting.load(ordering: .sequentiallyConsistent) {
      if tryEnter() { return true }
    }
    return false
  }

  static func leave() { inside.wrappingSubtract(1, ordering: .sequentiallyConsistent) }

  private static func tryEnter() -> Bool {
    countIn()
    if forks.load(ordering: .sequentiallyConsistent) == 0 && !isExiting.load(ordering: .sequentiallyConsistent) { return true }
    leave()
    usleep(100)
    return false
  }

  private static func countIn() {
    let generation = UInt64(ForkDetector.generation) << 32
    var current = inside.load(ordering: .acquiring)
    while true {
      let count = current & 0xFFFF_FFFF_0000_0000 == generation ? current & 0xFFFF_FFFF : 0
      let (done, seen) = inside.compareExchange(
        expected: current, desired: generation | (count + 1), ordering: .sequentiallyConsistent)
      if done { return }
      current = seen
    }
  }

  private static func waitUntilEmpty() {
    let saved = tpc_posix_errno()
    let generation = UInt64(ForkDetector.generation)
    let deadline = Clock.monotonic() + patience
    while Clock.monotonic() < deadline {
      let current = inside.load(ordering: .sequentiallyConsistent)
      if current >> 32 != generation || current & 0xFFFF_FFFF == 0 { break }
      usleep(100)
    }
    tpc_posix_set_errno(saved)
  }
}
