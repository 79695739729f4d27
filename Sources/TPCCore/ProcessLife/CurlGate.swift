// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX
import Synchronization

/// Keeps sender threads out of libcurl, and so out of OpenSSL, while the process forks or exits.
///
/// A fork copies OpenSSL's locks in the state they are in: a lock that a sender holds at that moment stays locked in
/// the child forever, and the child hangs in its own TLS calls or at exit. And `exit` runs OpenSSL's handler
/// (OPENSSL_cleanup) while other threads are still running: a sender inside OpenSSL then crashes the host. So handlers
/// for both events, and for this library's own end, close this gate and wait a moment for the senders inside to leave.
/// `ProcessLife` describes their order.
package enum CurlGate {
  private static let word = Atomic<UInt64>(0)
  /// When a thread last entered the empty gate, or one of the host's last entered it at all (`Clock.monotonic`).
  private static let occupiedSince = Atomic<Int64>(0)
  /// The number of forks in progress.
  private static let forks = Atomic<Int>(0)
  private static let isExiting = Atomic<Bool>(false)
  /// Whether this process was forked while somebody was inside, so that one of OpenSSL's locks may stay taken.
  private static let isInDoubt = Atomic<Bool>(false)

  // MARK: Entering and leaving

  /// Must be called by a sender before it calls libcurl. Waits while the process forks, and forever once it exits.
  static func enter() {
    // This wait need not end: the thread has all signals blocked, and a process that exits simply takes it down.
    BoundedWait.wait { tryEnter() }
  }

  /// Like `enter`, for a thread of the host. Such a thread may hold a lock that one of the host's own fork handlers
  /// waits for, so it waits no longer than `ProcessLife.setupPatienceMilliseconds` for a fork and then enters
  /// regardless, unless it does not insist. `false` when the process is exiting, or when it does not insist and the fork takes
  /// longer or left a lock in doubt: libcurl must not be called then.
  static func enterUnlessExiting(insists: Bool = true) -> Bool {
    if !insists && isInDoubt.load(ordering: .acquiring) { return false }
    let deadline = Clock.monotonic() + ProcessLife.setupPatienceMilliseconds
    var isInside = false
    _ = BoundedWait.wait(until: deadline) {
      isInside = tryEnter()
      return isInside || isExiting.load(ordering: .sequentiallyConsistent)
    }
    if !isInside {
      if !insists { return false }
      countIn()
    }
    // With many such threads the gate is never empty, but none stays for long: a fork has to wait for the last of them.
    occupiedSince.store(Clock.monotonic(), ordering: .releasing)
    guard isExiting.load(ordering: .sequentiallyConsistent) else { return true }
    leave()
    return false
  }

  static func leave() {
    let generation = ForkDetector.generation
    change { $0.left(in: generation) }
  }

  /// Like `leave`, and frees OpenSSL's thread-local state first: a thread that ended during OPENSSL_cleanup would free
  /// it a second time.
  static func leaveBeforeThreadEnd() {
    tpc_curl_end_openssl_thread()
    leave()
  }

  private static func tryEnter() -> Bool {
    guard isOpen else { return false }
    countIn()
    // Closed since the first check, perhaps by a thread that has not seen this one enter.
    if isOpen { return true }
    leave()
    return false
  }

  private static var isOpen: Bool {
    forks.load(ordering: .sequentiallyConsistent) == 0 && !isExiting.load(ordering: .sequentiallyConsistent)
  }

  private static func countIn() {
    let generation = ForkDetector.generation
    if GateWord(word.load(ordering: .acquiring)).count(in: generation) == 0 {
      occupiedSince.store(Clock.monotonic(), ordering: .releasing)
    }
    change { $0.entered(in: generation) }
  }

  private static func change(_ step: (GateWord) -> GateWord) {
    var current = word.load(ordering: .acquiring)
    while true {
      let (isDone, seen) = word.compareExchange(
        expected: current, desired: step(GateWord(current)).bits, ordering: .sequentiallyConsistent)
      if isDone { return }
      current = seen
    }
  }

  // MARK: Forks and exit

  /// These three are called by `ForkDetector`'s handlers: in the process that forks, in it again afterwards, and in the child.
  static func beginFork() {
    forks.wrappingAdd(1, ordering: .sequentiallyConsistent)
    waitUntilEmpty(
      patienceMilliseconds: ProcessLife.forkPatienceMilliseconds,
      atLeastMilliseconds: ProcessLife.leastForkPatienceMilliseconds)
  }

  static func endFork() { forks.wrappingSubtract(1, ordering: .sequentiallyConsistent) }

  static func endForkInChild() {
    if UInt32(truncatingIfNeeded: word.load(ordering: .acquiring)) != 0 { isInDoubt.store(true, ordering: .releasing) }
    forks.store(0, ordering: .sequentiallyConsistent)
  }

  /// Registers an exit handler, from inside the gate: the C library holds a lock while it does this, and a fork at that
  /// moment would leave the lock taken in the child. `false` if the handler was refused or the process is exiting.
  static func atExit(_ handler: @convention(c) () -> Void) -> Bool {
    guard enterUnlessExiting() else { return false }
    defer { leave() }
    return atexit(handler) == 0
  }

  /// Closes the gate permanently, at the end of the process: waits for the threads inside to leave, and lets none in.
  /// Only the first call waits.
  @export(interface)
  package static func close() {
    guard !isExiting.exchange(true, ordering: .sequentiallyConsistent) else { return }
    waitUntilEmpty(
      patienceMilliseconds: ProcessLife.exitPatienceMilliseconds,
      atLeastMilliseconds: ProcessLife.leastExitPatienceMilliseconds)
  }

  /// Waits for the threads inside to leave: until `patienceMilliseconds` after the first of them entered, but at least
  /// `leastMilliseconds` from now. So a thread that stays inside for longer than the patience does not hold up every
  /// further fork as well.
  private static func waitUntilEmpty(patienceMilliseconds: Int64, atLeastMilliseconds leastMilliseconds: Int64) {
    let error = tpc_posix_errno()
    let generation = ForkDetector.generationInHandler
    let now = Clock.monotonic()
    let deadline = max(now + leastMilliseconds, min(now, occupiedSince.load(ordering: .acquiring)) + patienceMilliseconds)
    _ = BoundedWait.wait(until: deadline) { GateWord(word.load(ordering: .sequentiallyConsistent)).count(in: generation) == 0 }
    tpc_posix_set_errno(error)
  }
}
