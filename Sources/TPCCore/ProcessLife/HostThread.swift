// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// What a thread of the host's has to keep while it is in a call.
public enum HostThread {
  /// Runs what waits, or asks the system for something, with the thread's `errno` kept and its cancellation put off until the
  /// host's next cancellation point. Unwound by `pthread_cancel` half-way, a call would leave its locks taken for ever.
  @inline(__always)
  public static func undisturbed<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
    let error = tpc_posix_errno()
    var cancellation: Int32 = 0
    pthread_setcancelstate(Int32(PTHREAD_CANCEL_DISABLE), &cancellation)
    defer {
      pthread_setcancelstate(cancellation, nil)
      tpc_posix_set_errno(error)
    }
    return try body()
  }
}
