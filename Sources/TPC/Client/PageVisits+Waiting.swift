// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// The calls that wait. They suspend the task; a thread of their own waits, so that no other task is held up, however many wait.
extension PageVisits {
  /// Waits until every visit tracked so far has ended, at most for the timeout; visits that wait for a retry are tried at once.
  /// Returns how many have not ended.
  ///
  /// A negative timeout counts as zero. Cancelling the task does not shorten the wait. Fails with ``TPCError/Code/closed``.
  ///
  /// ```swift
  /// let pending = try await visits.flush(timeout: .seconds(2))
  /// ```
  @discardableResult
  public func flush(timeout: Duration = .seconds(5)) async throws(TPCError) -> Int {
    let milliseconds = PageVisits.milliseconds(timeout)
    let result = await WaitingThread.run { [client] in
      Result { () throws(Failure) in try client.flush(timeoutMilliseconds: milliseconds) }
    }
    takeLogLines()
    return try call { () throws(Failure) in try result.get() }
  }

  /// Takes no more visits, waits at most for the timeout until those tracked so far have ended, and ends the sender. Returns how many
  /// ended undelivered because of that, without those left in ``Configuration/spoolDirectory``; 0 when it was closed before.
  ///
  /// A negative timeout counts as zero. Cancelling the task does not shorten the wait. A sender that others share, by its name, is
  /// closed for them, too.
  ///
  /// ```swift
  /// let undelivered = await visits.close(timeout: .seconds(10))
  /// ```
  @discardableResult
  public func close(timeout: Duration = .seconds(5)) async -> Int {
    let milliseconds = PageVisits.milliseconds(timeout)
    let undelivered = await WaitingThread.run { [token] in
      // Fails if it was closed.
      (try? ClientTable.close(token, timeoutMilliseconds: milliseconds).count) ?? 0
    }
    takeLogLines()
    return undelivered
  }

  private static func milliseconds(_ timeout: Duration) -> Int { Int(clamping: max(0, timeout.milliseconds)) }
}

/// A thread for one call that waits.
private enum WaitingThread {
  private final class Work: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `body` in a thread. Without one, because the system has no more, it runs here: it has to run.
  static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      let work = Unmanaged.passRetained(Work { continuation.resume(returning: body()) })
      let thread = TPCCore.Thread(
        { context in
          TPCCore.Thread.nameCurrent("tpc-waiting")
          if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
          return nil
        }, work.toOpaque())
      if let thread { thread.detach() } else { work.takeRetainedValue().run() }
    }
  }
}
