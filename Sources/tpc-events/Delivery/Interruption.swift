// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Turns Ctrl-C, SIGTERM and the end of a terminal's session (SIGHUP) into a flag, so that a run can end in an orderly way: with a
/// bounded wait and a summary. After the first signal, the next Ctrl-C or SIGTERM ends the process as usual.
final class Interruption {
  /// Readable once there is a signal; -1 when the system refuses the descriptor, and then signals do what they usually do.
  let descriptor: Int32
  private(set) var isRaised = false
  /// Whether SIGTERM is left to whoever ends the input: a server that writes its log to a pipe sends it, and goes on writing until its
  /// last request is answered.
  var leavesTermination = false
  private var signals = sigset_t()
  private var sinceRaised = Stopwatch()

  /// How long an output may be blocked after a signal until it is given up.
  private static let outputMilliseconds = 2_000

  init() {
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    // Under nohup(1) the run goes on.
    if tpc_posix_is_ignored(SIGHUP) == 0 { sigaddset(&signals, SIGHUP) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    descriptor = signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
    if descriptor < 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
    limit(Output.standard)
    limit(Output.error)
  }

  /// Keeps an output that nobody reads from holding up the run's end. Both live as long as the process.
  func limit(_ output: Output) { output.whileWaiting = { !self.check() || self.sinceRaised.elapsedMilliseconds < Interruption.outputMilliseconds } }

  /// Returns whether a signal has come, now or earlier.
  func check() -> Bool {
    guard !isRaised, descriptor >= 0 else { return isRaised }
    var information = signalfd_siginfo()
    while read(descriptor, &information, MemoryLayout<signalfd_siginfo>.size) > 0 {
      if leavesTermination, information.ssi_signo == UInt32(SIGTERM) { continue }
      isRaised = true
      sinceRaised = Stopwatch()
      // A terminal that closes sends SIGHUP more than once.
      sigdelset(&signals, SIGHUP)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      break
    }
    return isRaised
  }

  /// Waits for a signal.
  func wait(milliseconds: Int) {
    var signal = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&signal, 1, Int32(milliseconds))
  }
}
