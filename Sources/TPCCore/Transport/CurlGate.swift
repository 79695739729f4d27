// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX
import Synchronization

/// Keeps sender threads out of libcurl, and so out of OpenSSL, while the process forks or ends.
///
/// A fork copies OpenSSL's locks as they are: one that a sender holds at that moment is held in the child for ever, and the
/// child hangs in its own TLS or at its exit. And `exit` runs OpenSSL's handler (OPENSSL_cleanup) while other threads still
/// run: a sender that is inside OpenSSL then crashes the host. So handlers for both, and the end of this library itself, close
/// this gate and wait a moment for the senders that are inside; that is milliseconds at the worst, since none waits for the
/// network there.
public enum CurlGate {
  /// fork generation (32 bits) | senders inside (32 bits): a child has none of its parent's threads.
  private static let inside = Atomic<UInt64>(0)
  /// Forks under way.
  private static let forks = Atomic<Int>(0)
  private static let isExiting = Atomic<Bool>(false)
  /// How long a fork or an exit is held up at the most, in milliseconds.
  private static let patience: Int64 = 500

  private static let untried: UInt32 = 0
  private static let done: UInt32 = 1
  private static let refused: UInt32 = 2
  private static let setup = Atomic<UInt32>(0)
  /// Whether a thread of this process, or of its parent's before the fork, has begun to set libcurl up.
  private static let hasBegun = Atomic<Bool>(false)
  private static let lock = ForkSafeLock()

  /// Sets libcurl up with `body` and registers the handlers, once a process. `false` when either failed.
  ///
  /// Not as a `static let`: a thread that forks meanwhile would leave its child waiting for ever for one that only the parent
  /// has. The gate's handler holds up that fork until libcurl is whole.
  static func setUp(_ body: () -> Bool) -> Bool {
    if setup.load(ordering: .acquiring) == untried { setUpOnce(body) }
    return setup.load(ordering: .acquiring) == done
  }

  private static func setUpOnce(_ body: () -> Bool) {
    lock.lock()
    defer { lock.unlock() }
    guard setup.load(ordering: .acquiring) == untried else { return }
    guard registerForks(), enterUnlessExiting() else { return setup.store(refused, ordering: .releasing) }
    defer { leave() }
    // The gate does not hold up a fork that was running its handlers already when ours was registered. Its child finds a libcurl
    // that was being set up, and libcurl's lock held for ever: it is refused rather than hung.
    guard !hasBegun.exchange(true, ordering: .acquiringAndReleasing) else {
      return setup.store(refused, ordering: .releasing)
    }
    setup.store(isWhole(body) ? done : refused, ordering: .releasing)
  }

  /// Within the gate. Handlers at exit run last in, first out, so ours has to be there before OpenSSL's, behind it at once, and
  /// behind all that libcurl registers: an exit may begin at any moment of this.
  private static func isWhole(_ body: () -> Bool) -> Bool {
    guard closesAtExit() else { return false }
    tpc_curl_begin_openssl()
    defer { tpc_curl_end_openssl_thread() }
    return closesAtExit() && body() && closesAtExit()
  }

  private static func closesAtExit() -> Bool { atexit { CurlGate.close() } == 0 }

  /// Registers a handler for exit. The system does it with a lock held that it leaves to a child as it is: so no fork comes in
  /// between. `false` when it was refused, or when the process ends.
  static func atExit(_ handler: @convention(c) () -> Void) -> Bool {
    guard enterUnlessExiting() else { return false }
    defer { leave() }
    return atexit(handler) == 0
  }

  /// For the end of the process: whoever is inside leaves, and nobody comes in any more. Only the first call waits.
  @export(interface)
  public static func close() {
    if !isExiting.exchange(true, ordering: .sequentiallyConsistent) { waitUntilEmpty() }
  }

  private static func registerForks() -> Bool {
    pthread_atfork(
      {
        CurlGate.forks.wrappingAdd(1, ordering: .sequentiallyConsistent)
        CurlGate.waitUntilEmpty()
      },
      { CurlGate.forks.wrappingSubtract(1, ordering: .sequentiallyConsistent) },
      { CurlGate.forks.store(0, ordering: .sequentiallyConsistent) }) == 0
  }

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

  /// The same when the thread may end next: OpenSSL's end, at exit, must not meet what OpenSSL keeps for the thread.
  static func leaveForGood() {
    tpc_curl_end_openssl_thread()
    leave()
  }

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
    let deadline = Clock.monotonic() + patience
    while Clock.monotonic() < deadline {
      let current = inside.load(ordering: .sequentiallyConsistent)
      if current & 0xFFFF_FFFF == 0 || current >> 32 != UInt64(ForkDetector.generation) { break }
      usleep(100)
    }
    tpc_posix_set_errno(saved)
  }
}
