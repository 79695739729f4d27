// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX
import Synchronization

/// Keeps sender threads out of libcurl, and so out of OpenSSL, while the process forks or ends.
///
/// A fork copies OpenSSL's locks as they are: one that a sender holds at that moment is held in the child for ever, and the
/// child hangs in its own TLS or at its exit. And `exit` runs OpenSSL's handler (OPENSSL_cleanup) while other threads still
/// run: a sender that is inside OpenSSL then crashes the host. So handlers for both, and the end of this library itself, close
/// this gate and wait a moment for the senders that are inside. See `ProcessLife` for their order.
public enum CurlGate {
  private static let word = Atomic<UInt64>(0)
  /// When the gate was last entered with nobody inside.
  private static let occupiedSince = Atomic<Int64>(0)
  /// Forks under way.
  private static let forks = Atomic<Int>(0)
  private static let isExiting = Atomic<Bool>(false)

  // MARK: Going in and out

  /// To be called before libcurl is, by a sender. Waits while the process forks, and for ever once it ends.
  static func enter() {
    // All signals are blocked on this thread: a process that ends does so under it.
    BoundedWait.wait { tryEnter() }
  }

  /// The same for a thread of the host's. It may hold a lock that a fork's handler of the host's waits for, so it does not wait
  /// for that fork beyond `ProcessLife.setupPatienceMilliseconds` and goes in all the same. `false` when the process ends: libcurl must not
  /// be called then.
  static func enterUnlessExiting() -> Bool {
    let deadline = Clock.monotonic() + ProcessLife.setupPatienceMilliseconds
    var isInside = false
    _ = BoundedWait.wait(until: deadline) {
      isInside = tryEnter()
      return isInside || isExiting.load(ordering: .sequentiallyConsistent)
    }
    if !isInside { countIn() }
    guard isExiting.load(ordering: .sequentiallyConsistent) else { return true }
    leave()
    return false
  }

  static func leave() {
    let generation = ForkDetector.generation
    change { $0.left(in: generation) }
  }

  /// The same when the thread may end next: OpenSSL's end, at exit, must not meet what OpenSSL keeps for the thread.
  static func leaveForGood() {
    tpc_curl_end_openssl_thread()
    leave()
  }

  private static func tryEnter() -> Bool {
    guard isOpen else { return false }
    countIn()
    // Closed meanwhile, perhaps by somebody who has not seen this thread.
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

  // MARK: Forks and the end

  static func registerForks() -> Bool {
    pthread_atfork(
      {
        CurlGate.forks.wrappingAdd(1, ordering: .sequentiallyConsistent)
        CurlGate.waitUntilEmpty(ProcessLife.forkPatienceMilliseconds, atLeast: ProcessLife.leastForkPatienceMilliseconds)
      },
      { CurlGate.forks.wrappingSubtract(1, ordering: .sequentiallyConsistent) },
      { CurlGate.forks.store(0, ordering: .sequentiallyConsistent) }) == 0
  }

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
    guard !isExiting.exchange(true, ordering: .sequentiallyConsistent) else { return }
    waitUntilEmpty(ProcessLife.exitPatienceMilliseconds, atLeast: ProcessLife.leastExitPatienceMilliseconds)
  }

  /// Waits for those inside: so many milliseconds from when the first of them went in, and some from now on at the least. One that
  /// has been inside for longer than that has cost its wait: forks that follow are not held up by it any more.
  private static func waitUntilEmpty(_ patience: Int64, atLeast least: Int64) {
    let error = tpc_posix_errno()
    let generation = ForkDetector.generation
    let now = Clock.monotonic()
    let deadline = max(now + least, min(now, occupiedSince.load(ordering: .acquiring)) + patience)
    _ = BoundedWait.wait(until: deadline) { GateWord(word.load(ordering: .sequentiallyConsistent)).count(in: generation) == 0 }
    tpc_posix_set_errno(error)
  }
}
