// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Turns Ctrl-C and SIGTERM into a flag, so that a run can end in an orderly way: with a bounded wait and a summary. After the
/// first signal, the next one ends the process as usual.
final class Interruption {
  /// Readable once there is a signal; -1 when the system refuses the descriptor, and then signals do what they usually do.
  let descriptor: Int32
  private(set) var isRaised = false
  /// Whether SIGTERM is left to whoever ends the input: a server that writes its log to a pipe sends it, and goes on writing until its
  /// last request is answered.
  var leavesTermination = false
  private var signals = sigset_t()

  init() {
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    descriptor = signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
    if descriptor < 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  /// Returns whether a signal has come, now or earlier.
  func check() -> Bool {
    guard !isRaised, descriptor >= 0 else { return isRaised }
    var information = signalfd_siginfo()
    while read(descriptor, &information, MemoryLayout<signalfd_siginfo>.size) > 0 {
      if leavesTermination, information.ssi_signo == UInt32(SIGTERM) { continue }
      isRaised = true
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      break
    }
    return isRaised
  }
}
