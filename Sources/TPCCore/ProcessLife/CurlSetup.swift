// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX
import Synchronization

/// Sets libcurl and its TLS library up, once a process and within the gate.
///
/// Not as a `static let`: a thread that forks meanwhile would leave its child waiting for ever for one that only the parent has.
/// The gate's handler holds up that fork until libcurl is whole.
enum CurlSetup {
  private static let untried: UInt32 = 0
  private static let done: UInt32 = 1
  private static let refused: UInt32 = 2
  private static let outcome = Atomic<UInt32>(untried)
  /// Whether a thread of this process, or of its parent's before the fork, has begun.
  private static let hasBegun = Atomic<Bool>(false)
  private static let lock = ForkSafeLock()

  /// `body` sets libcurl up; its handlers are registered around it. `false` when either failed.
  static func run(_ body: () -> Bool) -> Bool {
    if outcome.load(ordering: .acquiring) == untried { runOnce(body) }
    return outcome.load(ordering: .acquiring) == done
  }

  private static func runOnce(_ body: () -> Bool) {
    guard lock.lock() else { return }
    defer { lock.unlock() }
    guard outcome.load(ordering: .acquiring) == untried else { return }
    guard CurlGate.registerForks(), CurlGate.enterUnlessExiting() else { return outcome.store(refused, ordering: .releasing) }
    defer { CurlGate.leave() }
    // The gate does not hold up a fork that was running its handlers already when ours was registered, nor one that was waited
    // for in vain. Its child finds a libcurl that was being set up, and libcurl's lock held for ever: it is refused rather than
    // hung.
    guard !hasBegun.exchange(true, ordering: .acquiringAndReleasing) else {
      return outcome.store(refused, ordering: .releasing)
    }
    outcome.store(isWhole(body) ? done : refused, ordering: .releasing)
  }

  /// Handlers at exit run last in, first out, so ours has to be there before OpenSSL's, behind it at once, and behind all that
  /// libcurl registers: an exit may begin at any moment of this.
  private static func isWhole(_ body: () -> Bool) -> Bool {
    guard closesAtExit() else { return false }
    tpc_curl_begin_openssl()
    defer { tpc_curl_end_openssl_thread() }
    return closesAtExit() && body() && closesAtExit()
  }

  private static func closesAtExit() -> Bool { atexit { CurlGate.close() } == 0 }
}
