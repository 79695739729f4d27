// SPDX-License-Identifier: Apache-2.0

/// How this library lives through its process's forks and its end. The parts that decide it:
///
/// | part | what it decides |
/// |---|---|
/// | ForkDetector | which process this is: how many forks deep |
/// | ForkSafeLock | who may change what all clients share |
/// | CurlGate, GateWord | whether a thread may be inside libcurl, and so inside OpenSSL |
/// | CurlSetup | who sets up libcurl, once |
/// | HostThread | which state of the host's thread a call preserves |
/// | StandardStreams | that no descriptor of ours gets the number of one the host closed (0 to 2) |
/// | KeptLines | where log lines wait for the host, and who writes them at the end |
/// | ClientWord (Client) | who is inside a client that C holds by its token |
/// | BoundedWait (Platform) | how to wait where there is no lock to wait on |
///
/// **No unbounded waits.** A thread of the host never waits without a limit for a fork, for one of our threads or for
/// another caller: it may hold a lock of the host's that those are waiting for. When its patience runs out, the work is
/// still done later, by the thread that it waited for.
///
/// **Handlers, and when they are registered**
///
///     first use of the library     pthread_atfork   ForkDetector, CurlGate
///     first log_descriptor of -1   atexit           0: KeptLines.end
///     first client                 atexit           1: CurlGate.close
///                                                   -: OpenSSL's own (OPENSSL_cleanup)
///                                  atexit           2: CurlGate.close, before curl_global_init
///                                  atexit           3: CurlGate.close, after it
///     first with exit_timeout_ms   atexit           4: ClientTable.deliverAtExit
///     linked in                    .fini_array      5: CurlGate.close (TPCExport's LibraryEnd)
///
/// **A fork.** The C library runs `prepare` handlers last in, first out, and the others first in, first out:
///
///     prepare: the gate closes, and the threads inside get a moment to leave; the generation is noted
///     — fork —
///     parent:  the gate opens
///     child:   the page is wiped if the kernel has not done it; the gate opens
///
/// Handlers of the host's that were registered later run before ours; in `prepare` they may wait for a lock of the
/// host's. Those registered earlier run after ours, when the gate is closed already.
///
/// **An exit.** Handlers run last in, first out, while all other threads are still running:
///
///     4: queued events are delivered, while the sender may still use libcurl
///     3, 2, 1: the gate closes permanently; one of them runs before OpenSSL's, however far the first client had come
///     OpenSSL's own: from here on, libcurl must not be called
///     0: log lines that nobody took are written; later ones are written at once
///     5: for a process that never had a client: creating its first one is refused
enum ProcessLife {
  // MARK: Waiting times

  /// How long a fork waits for a sender inside libcurl, counted from when the sender entered. OpenSSL finishes its work
  /// within milliseconds; a sender that stays longer is waiting for a resolver that hangs (libcurl before 7.87) and
  /// holds none of OpenSSL's locks.
  static let forkPatienceMilliseconds: Int64 = 200
  /// The shortest time that a fork waits for senders inside, however long they have been there.
  static let leastForkPatienceMilliseconds: Int64 = 10
  /// How long an exit waits for a sender inside libcurl, counted from when the sender entered; longer than a fork,
  /// since it happens once.
  static let exitPatienceMilliseconds: Int64 = 500
  /// The shortest time that an exit waits for senders inside.
  static let leastExitPatienceMilliseconds: Int64 = 50
  /// How long a thread of the host that wants to set up libcurl waits for a fork in progress.
  static let setupPatienceMilliseconds: Int64 = 500
  /// How long a thread of the host waits for the process-wide locks, which are held for a few steps or one setup.
  static let lockPatienceMilliseconds: Int64 = 2_000
  /// How long a call with a timeout waits for its client's lock, which is held for a few steps, even if the timeout is
  /// shorter.
  static let clientLockPatienceMilliseconds: Int64 = 400
  /// How long a close whose time is up waits for the sender to drop what is left: one round of the sender's loop, plus
  /// what a busy machine adds. A sender that takes longer ends on its own.
  static let closePatienceMilliseconds: Int64 = 50
}
