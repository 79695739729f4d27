// SPDX-License-Identifier: Apache-2.0

/// Closes clients from a signal handler that interrupted another call of this library on the same thread, as Apache's
/// prefork does. That call may hold any lock and may be inside malloc, and continues only when the handler returns. So
/// nothing is locked, allocated or freed here; the interrupted call does the rest when it ends.
extension ClientTable {
  /// Closes the token and lets the sender continue until everything is delivered or the time is up. Returns `timeout`,
  /// or `closed` if the token was closed already. The interrupted call must call `finishDeferred`.
  @export(interface)
  package static func closeWithinCall(_ token: UInt, timeoutMilliseconds: Int) -> Status {
    let deadline = Clock.monotonic() + Int64(timeoutMilliseconds)
    guard let call = enterLast(token) else { return .closed }
    // `leave` is not called here, because the last call to leave frees the client. This comes last: from then on, any
    // thread may finish the call.
    defer { call.slot.pointee.deferred.wrappingAdd(1, ordering: .acquiringAndReleasing) }
    // A child that was forked in a handler has nothing to wait for.
    if let delivery = call.slot.pointee.client?._withUnsafeGuaranteedRef({ $0.ownDelivery }) {
      _ = BoundedWait.wait(until: deadline) { delivery.unanswered.load(ordering: .relaxed) == 0 }
    }
    return .timeout
  }

  /// Finishes the calls that handlers on any thread have begun and left to others.
  @export(interface)
  package static func finishDeferred() {
    guard let slots else { return }
    HostThread.undisturbed {
      for index in 0..<capacity where slots[index].deferred.load(ordering: .relaxed) > 0 {
        let count = slots[index].deferred.exchange(0, ordering: .acquiringAndReleasing)
        for _ in 0..<max(0, count) {
          if let client = slots[index].client { _ = client.takeUnretainedValue().leftover(ofClose: 0) }
          leave(Call(slot: slots + index, forks: ForkDetector.generation))
        }
      }
    }
  }
}
