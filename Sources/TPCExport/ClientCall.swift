// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPC
import TPCCore

// Calls that use clients, and so may hold a lock or be inside malloc. A thread has only one such call at a time, unless
// a signal handler interrupts it and makes another. That one can wait neither for a lock nor for memory, because the
// interrupted call may hold them.

/// The state of this thread's calls. In one object file and never inlined: see `tpc_posix_own_calls`.
@inline(never)
private func ownCalls() -> UnsafeMutablePointer<tpc_posix_calls> { tpc_posix_own_calls().unsafelyUnwrapped }

/// Runs a call and converts its failure to a status and a `tpc_error`. Inside another call on this thread, the call is
/// refused with the status `within`.
@inline(__always)
func clientCall(
  _ error: UnsafeMutablePointer<tpc_error>?, within: Status = .system, _ body: () throws(Failure) -> Void
) -> Int32 {
  let calls = ownCalls()
  if tpc_posix_call_begins(calls) != 0 {
    _ = tpc_posix_call_ends(calls)
    return refuse(error, within)
  }
  defer { if tpc_posix_call_ends(calls) != 0 { finishDeferred() } }
  return status(error, body)
}

/// Like `clientCall`, for a call that may wait or make system calls, or that is not made for each event. Its code exists once.
@inline(never)
func waitingClientCall(
  _ error: UnsafeMutablePointer<tpc_error>?, within: Status = .system, _ body: () throws(Failure) -> Void
) -> Int32 {
  clientCall(error, within: within) { () throws(Failure) in try HostThread.undisturbed(body) }
}

/// Whether this thread is inside a call already.
var isWithinCall: Bool { ownCalls().pointee.under_way != 0 }

@inline(never)
private func refuse(_ error: UnsafeMutablePointer<tpc_error>?, _ status: Status) -> Int32 {
  if let error {
    error.pointee = tpc_error()
    error.pointee.status = status.rawValue
    let message: StaticString = "the call came from a signal handler that interrupted another one; expected it outside"
    withUnsafeMutableBytes(of: &error.pointee.message) { $0.copyMemory(from: UnsafeRawBufferPointer(message.bytes)) }
  }
  return status.rawValue
}

func closeWithinCall(_ token: UInt, _ milliseconds: Int32) -> Int32 {
  ownCalls().pointee.has_deferred = 1
  return HostThread.undisturbed { ClientTable.closeWithinCall(token, timeoutMilliseconds: Int(milliseconds)).rawValue }
}

@inline(never)
private func finishDeferred() {
  let calls = ownCalls()
  // Another handler may interrupt this.
  repeat {
    _ = tpc_posix_call_begins(calls)
    calls.pointee.has_deferred = 0
    ClientTable.finishDeferred()
  } while tpc_posix_call_ends(calls) != 0
}
