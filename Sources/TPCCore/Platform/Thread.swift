// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A raw thread with all signals blocked, so that the host's signals are never delivered to it.
package struct Thread {
  private var handle: tpc_posix_thread

  /// Starts `body` with `context`. Nil if the system refuses to start a thread.
  package init?(_ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer) {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Thread.stackSize)

    // A thread inherits the signal mask of the thread that creates it: block everything while it is created, then
    // restore the mask.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    guard pthread_sigmask(SIG_SETMASK, &all, &before) == 0 else { return nil }
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    var created = tpc_posix_thread()
    guard tpc_posix_start_thread(&created, &attributes, body, context) == 0 else { return nil }
    handle = created
  }

  /// libcurl with OpenSSL needs some tens of KiB; the default of 8 MiB would count against a host's RLIMIT_AS. The
  /// system takes the thread-local variables of the host and its libraries, and some KiB for itself, out of the stack.
  private static var stackSize: Int {
    let own = (512 + 32) * 1024
    let (size, overflow) = own.addingReportingOverflow(Int(truncatingIfNeeded: tpc_posix_thread_local_bytes()))
    // Rounded up to whole pages, as pthread_attr_setstacksize(3) requires on some systems.
    return overflow || size < own ? own : size & ~0xFFFF &+ 0x10000
  }

  /// Sets the name of the calling thread that ps and debuggers show.
  package static func nameCurrent(_ name: StaticString) {
    name.bytes.withMemoryRebound(to: CChar.self) { tpc_posix_name_thread($0.baseAddress) }
  }

  /// Waits for the thread to end.
  func join() { tpc_posix_join_thread(handle) }

  /// Lets the thread end on its own.
  package func detach() { tpc_posix_detach_thread(handle) }
}
