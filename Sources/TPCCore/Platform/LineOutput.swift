// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Writes a line to one of the host's descriptors, of any kind, without blocking and without raising a signal. A line
/// that cannot be written at once is lost.
enum LineOutput {
  /// Writes the line. Preserves the thread's `errno`.
  static func write(_ line: Bytes, to descriptor: Int32) {
    let errno = tpc_posix_errno()
    defer { tpc_posix_set_errno(errno) }
    if send(descriptor, line.baseAddress, line.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) >= 0 { return }
    guard tpc_posix_errno() == ENOTSOCK else { return }
    withoutBrokenPipe { writeToFile(line, descriptor) }
  }

  /// - Returns: Whether the other end of a pipe is closed.
  private static func writeToFile(_ line: Bytes, _ descriptor: Int32) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&ready, 1, 0) == 1, ready.revents & Int16(POLLOUT) != 0 else { return false }
    // Another thread of the host may fill a pipe after poll reported room; a plain write would then wait for the pipe's
    // reader. Linux can be asked not to wait, but not before 6.4, and not for terminals.
    var written = tpc_posix_write_without_waiting(descriptor, line.baseAddress, line.count)
    if written < 0 && tpc_posix_errno() != EAGAIN && tpc_posix_errno() != EPIPE {
      written = CTPCPOSIX.write(descriptor, line.baseAddress, line.count)
    }
    return written < 0 && tpc_posix_errno() == EPIPE
  }

  /// Runs `body` with SIGPIPE blocked, and consumes the SIGPIPE that it caused: at exit this runs on a thread of the
  /// host, which the signal would kill.
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
