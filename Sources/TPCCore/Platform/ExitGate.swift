// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// Keeps sender threads out of libcurl while the process ends.
///
/// `exit` runs OpenSSL's own handler (OPENSSL_cleanup) while other threads still run; a sender that is inside OpenSSL then
/// crashes the host. Handlers run last in, first out, so one that is registered after libcurl was set up runs before OpenSSL's:
/// it closes the gate, waits a moment for the senders that are inside, and lets none in again. Nothing is delivered or freed.
enum ExitGate {
  /// fork generation (32 bits) | senders inside (32 bits): a child has none of its parent's threads.
  private static let inside = Atomic<UInt64>(0)
  private static let isClosed = Atomic<Bool>(false)
  private static let patience: Int64 = 200

  /// Once a process, when libcurl is set up. Costs nothing after that.
  static let isRegistered: Bool = atexit { ExitGate.close() } == 0

  /// To be called before libcurl is; does not return once the process ends.
  static func enter() {
    let generation = UInt64(ForkDetector.generation) << 32
    var current = inside.load(ordering: .acquiring)
    while true {
      let count = current & 0xFFFF_FFFF_0000_0000 == generation ? current & 0xFFFF_FFFF : 0
      let (done, seen) = inside.compareExchange(
        expected: current, desired: generation | (count + 1), ordering: .sequentiallyConsistent)
      if done { break }
      current = seen
    }
    guard isClosed.load(ordering: .sequentiallyConsistent) else { return }
    leave()
    // All signals are blocked here, so this is for good: the process ends under it.
    while true { pause() }
  }

  static func leave() { inside.wrappingSubtract(1, ordering: .sequentiallyConsistent) }

  private static func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    let generation = UInt64(ForkDetector.generation)
    let deadline = Clock.monotonic() + patience
    while Clock.monotonic() < deadline {
      let current = inside.load(ordering: .sequentiallyConsistent)
      if current >> 32 != generation || current & 0xFFFF_FFFF == 0 { return }
      usleep(200)
    }
  }
}
