// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX
import Synchronization

/// Sets up libcurl and its TLS library, once per process and inside the gate.
///
/// Not a `static let`: if a thread forked while another one initializes it, the child would wait forever for a thread
/// that only the parent has. Here the gate's fork handler delays such a fork until libcurl is set up.
enum CurlSetup {
  private static let untried: UInt32 = 0
  private static let done: UInt32 = 1
  private static let refused: UInt32 = 2
  private static let outcome = Atomic<UInt32>(untried)
  /// Whether the setup has begun, in this process or in an ancestor before the fork.
  private static let hasBegun = Atomic<Bool>(false)
  private static let lock = ForkSafeLock()

  /// Calls `body` to set up libcurl, with the handlers registered around it. `false` if either failed.
  static func run(_ body: () -> Bool) -> Bool {
    if outcome.load(ordering: .acquiring) == untried { runOnce(body) }
    return outcome.load(ordering: .acquiring) == done
  }

  private static func runOnce(_ body: () -> Bool) {
    guard lock.lock() else { return }
    defer { lock.unlock() }
    guard outcome.load(ordering: .acquiring) == untried else { return }
    guard ForkDetector.outlastEarlierFork(), CurlGate.enterUnlessExiting() else { return outcome.store(refused, ordering: .releasing) }
    defer { CurlGate.leave() }
    // The gate delays neither a fork whose handlers were already running at the first use of the library, nor one that
    // ran out of patience. The child of such a fork has a half-initialized libcurl, with libcurl's lock taken forever: refuse
    // to use it rather than hang.
    guard !hasBegun.exchange(true, ordering: .acquiringAndReleasing) else {
      return outcome.store(refused, ordering: .releasing)
    }
    outcome.store(isWhole(body) ? done : refused, ordering: .releasing)
  }

  /// Exit handlers run last in, first out, and exit may begin at any moment of this setup. So ours is registered before
  /// OpenSSL's, right after it, and after everything that libcurl registers.
  private static func isWhole(_ body: () -> Bool) -> Bool {
    guard closesAtExit() else { return false }
    tpc_curl_begin_openssl()
    defer { tpc_curl_end_openssl_thread() }
    return closesAtExit() && body() && closesAtExit()
  }

  private static func closesAtExit() -> Bool { atexit { CurlGate.close() } == 0 }
}
