// SPDX-License-Identifier: Apache-2.0

/// Closing in a signal handler that interrupted another call of this library on the same thread, as Apache's prefork does. That
/// call may hold any lock and be in the midst of malloc, and goes on only when the handler returns. So here nothing is locked,
/// allocated or freed; the interrupted call does the rest at its end.
extension ClientTable {
  /// Closes the token, and lets the sender go on until all is delivered or the time is up: `timeout`, or `closed` when the token
  /// was closed already. The interrupted call has to call `finishDeferred`.
  @export(interface)
  public static func closeWithinCall(_ token: UInt, timeoutMilliseconds: Int) -> Status {
    let deadline = Clock.monotonic() + Int64(timeoutMilliseconds)
    guard let call = enter(token) else { return .closed }
    // Not left here: the last to leave frees the client. Last of all, since from then on any thread may do it.
    defer { call.slot.pointee.deferred.wrappingAdd(1, ordering: .acquiringAndReleasing) }
    guard shut(call) else { return .closed }
    // A child that was forked in a handler has nothing to wait for.
    if let delivery = call.slot.pointee.client?._withUnsafeGuaranteedRef({ $0.ownDelivery }) {
      _ = BoundedWait.wait(until: deadline) { delivery.unanswered.load(ordering: .relaxed) == 0 }
    }
    return .timeout
  }

  /// Ends what handlers began, on this thread or another, and are through with.
  @export(interface)
  public static func finishDeferred() {
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
