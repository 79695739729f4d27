// SPDX-License-Identifier: Apache-2.0

/// What decides how this library lives through its process's forks and its end. The files beside this one:
///
/// | file | what it decides |
/// |---|---|
/// | ForkDetector | which process this is: how many forks deep |
/// | ForkSafeLock | who may change what all clients share |
/// | CurlGate, GateWord | whether a thread may be inside libcurl, and so inside OpenSSL |
/// | CurlSetup | who sets libcurl up, once |
/// | ClientWord | who is inside a client that C holds by its token |
/// | HostThread | what a thread of the host's keeps in a call |
/// | BoundedWait | how to wait where there is no lock to wait on |
///
/// **Where nothing is held up.** A thread of the host's never waits for a fork, for a thread of ours or for another caller
/// without a bound: it may hold a lock of the host's which those wait for. Where its patience ends, the right thing still
/// happens later, by whoever was waited for.
///
/// **Handlers, and when they are registered**
///
///     first use of the library     pthread_atfork   A: ForkDetector
///     first client                 pthread_atfork   B: CurlGate
///                                  atexit           1: CurlGate.close
///                                                   -: OpenSSL's own (OPENSSL_cleanup)
///                                  atexit           2: CurlGate.close, before curl_global_init
///                                  atexit           3: CurlGate.close, behind it
///     first with exit_timeout_ms   atexit           4: ClientTable.deliverAtExit
///     linked in                    .fini_array      5: CurlGate.close (TPCExport's LibraryEnd)
///
/// **A fork.** The C library runs `prepare` handlers last in, first out, and the others first in, first out:
///
///     B: the gate closes, and those inside get a moment to leave
///     A: the generation is noted
///     — fork —                      parent: B: the gate opens
///                                   child:  A: the page is wiped if the kernel has not done it; B: the gate opens
///
/// Handlers of the host's that were registered later come before B and, in `prepare`, may wait for a lock of the host's; those
/// registered earlier come behind A, with the gate closed already.
///
/// **An exit.** Handlers run last in, first out, beside all threads:
///
///     4: what is queued is delivered, while the sender still may use libcurl
///     3, 2, 1: the gate closes for good; one of them comes before OpenSSL's, however far a first client had come
///     OpenSSL's own: from here on, libcurl must not be called
///     5: for a process that never had a client: its first one is refused
enum ProcessLife {
  // MARK: How long, in milliseconds

  /// A fork gives a sender this long inside libcurl, counted from when somebody went in: OpenSSL's work is done in milliseconds.
  /// Who is there for longer waits for a resolver that hangs (libcurl before 7.87) and holds no lock of OpenSSL's.
  static let forkPatienceMilliseconds: Int64 = 200
  /// A fork waits at least so long, whoever is inside.
  static let leastForkPatienceMilliseconds: Int64 = 10
  /// The same for an exit, which comes once.
  static let exitPatienceMilliseconds: Int64 = 500
  static let leastExitPatienceMilliseconds: Int64 = 50
  /// A thread of the host's that wants to set libcurl up waits so long for a fork that is under way.
  static let setupPatienceMilliseconds: Int64 = 500
  /// A thread of the host's waits so long for the process-wide locks, which others hold for a few steps or a set-up.
  static let lockPatienceMilliseconds: Int64 = 2_000
  /// A call with a time waits so long for its client's lock, which others hold for a few steps, even if the time is shorter.
  static let clientLockPatienceMilliseconds: Int64 = 400
  /// A close whose time is up waits so long for the sender to drop what is left: one turn of the sender's, and what a busy machine
  /// adds. A sender that takes longer ends by itself.
  static let closePatienceMilliseconds: Int64 = 50
}
