// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Writes a line to a descriptor of the host's, whatever stands behind it, without waiting and without a signal: a line that
/// cannot go out at once is lost.
enum LineOutput {
  /// Keeps the thread's `errno`.
  static func write(_ line: Bytes, to descriptor: Int32) {
    let errno = tpc_posix_errno()
    defer { tpc_posix_set_errno(errno) }
    if send(descriptor, line.baseAddress, line.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) >= 0 { return }
    guard tpc_posix_errno() == ENOTSOCK else { return }
    withoutBrokenPipe { writeToFile(line, descriptor) }
  }

  /// - Returns: Whether nobody reads the other end any more.
  private static func writeToFile(_ line: Bytes, _ descriptor: Int32) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&ready, 1, 0) == 1, ready.revents & Int16(POLLOUT) != 0 else { return false }
    // Another thread of the host's may fill a pipe after it was asked for room: a plain write would wait for its reader then.
    // Linux does not wait there when told so; before 6.4, and for terminals, it does not know how.
    var written = tpc_posix_write_without_waiting(descriptor, line.baseAddress, line.count)
    if written < 0 && tpc_posix_errno() != EAGAIN && tpc_posix_errno() != EPIPE {
      written = CPOSIX.write(descriptor, line.baseAddress, line.count)
    }
    return written < 0 && tpc_posix_errno() == EPIPE
  }

  /// Runs `body` with SIGPIPE held back, and takes the one away that it caused: at exit it runs on a thread of the host's,
  /// which the signal would end.
  private static func withoutBrokenPipe(_ body: () -> Bool) {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    guard pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0 else { return }
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGPIPE) == 1
    if body() && !wasPending {
      var now = timespec()
      sigtimedwait(&pipe, nil, &now)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }
}
