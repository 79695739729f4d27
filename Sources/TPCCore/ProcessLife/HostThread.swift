// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Preserves the calling thread's errno and cancellation state during a call.
package enum HostThread {
  /// Runs `body`, which may wait or make system calls, with the thread's `errno` preserved and cancellation deferred to
  /// the host's next cancellation point. If `pthread_cancel` unwound the call half-way, its locks would stay taken
  /// forever.
  @inline(__always)
  package static func undisturbed<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
    let saved = save()
    defer { restore(saved) }
    return try body()
  }

  private typealias Saved = (error: Int32, cancellation: Int32)

  @inline(never)
  private static func save() -> Saved {
    var saved = (error: tpc_posix_errno(), cancellation: Int32(0))
    pthread_setcancelstate(Int32(PTHREAD_CANCEL_DISABLE), &saved.cancellation)
    return saved
  }

  @inline(never)
  private static func restore(_ saved: Saved) {
    pthread_setcancelstate(saved.cancellation, nil)
    tpc_posix_set_errno(saved.error)
  }
}
