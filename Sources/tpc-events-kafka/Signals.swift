// SPDX-License-Identifier: Apache-2.0

import CTPCKafka
import CTPCPOSIX

/// Turns SIGTERM, Ctrl-C and a lost terminal into a flag. The second signal ends the process as usual.
final class Signals {
  /// Readable once there is a signal.
  let descriptor: Int32
  private(set) var isRaised = false
  private var signals = sigset_t()

  /// Comes before any thread, which would take the signals itself.
  init() {
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    descriptor = signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
    if descriptor < 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
    // The child may be gone when something is written to it.
    var pipe = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, nil)
  }

  /// Returns whether a signal has come, now or earlier.
  func check() -> Bool {
    guard !isRaised, descriptor >= 0 else { return isRaised }
    var information = signalfd_siginfo()
    if read(descriptor, &information, MemoryLayout<signalfd_siginfo>.size) > 0 {
      isRaised = true
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
    return isRaised
  }
}
