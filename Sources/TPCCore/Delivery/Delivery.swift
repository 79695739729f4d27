// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// One process's delivery for a client: the state, the lock around it and the sender thread. A forked child gets a new one
/// and never touches its parent's (see `Client`).
final class Delivery {
  let configuration: Configuration
  let mutex = Mutex()
  var state: DeliveryState
  let spare = SpareEvent()
  private(set) var transport: Transport?
  private var thread: Thread?
  /// The sender sleeps and would act on a new event.
  var isParked = false
  /// The sender's own: what it took and has not yet handed to libcurl.
  var starting = List<DeliveryState.Assignment>()
  /// How many threads wait in a flush or a close, and in a poll.
  private var flushers = 0
  private var pollers = 0
  /// The least that any flush waits for: it is satisfied first.
  private var awaitedSequence = UInt64.max
  /// Set once close has begun; from then on no event is taken.
  private(set) var closingUntil: Int64?
  /// Close has ended: nobody waits any more.
  private var isClosed = false
  /// The thread has ended, or will not touch the state again.
  var isThreadDone = false
  /// The thread did not end in time when it was closed: what it holds stays with it.
  private var isThreadLost = false
  /// Readable while there are reports; -1 until somebody asks.
  private var reportDescriptor: Int32 = -1

  init(_ configuration: Configuration) {
    self.configuration = configuration
    state = DeliveryState(configuration.delivery, random: Random())
  }

  deinit { if reportDescriptor >= 0 { _ = CPOSIX.close(reportDescriptor) } }

  // MARK: Track

  /// Checks, completes and queues an event. Never waits for the network: the lock is only ever held for a few steps.
  func track(_ visit: borrowing PageVisit) throws(Failure) {
    guard configuration.isEnabled else { return countDisabled() }
    do throws(Failure) {
      switch try Completion.complete(visit, configuration.completion, random: { randomBits() }) {
      case .body(let body): try enqueue(body)
      case .sampledOut: count { $0.countSampledOut() }
      case .leftOut: countLeftOut()
      }
    } catch {
      throw refuse(error)
    }
  }

  private func randomBits() -> (UInt64, UInt64) {
    mutex.lock()
    defer { mutex.unlock() }
    return state.randomBits()
  }

  private func enqueue(_ body: EventBody) throws(Failure) {
    let now = Clock.coarseMonotonic()
    mutex.lock()
    defer { mutex.unlock() }
    guard closingUntil == nil else { throw Delivery.closed }
    if thread == nil && !configuration.isDryRun {
      try HostThread.undisturbed { () throws(Failure) in try startThread() }
    }
    switch state.accept(body, now: now) {
    case .ok: break
    case .queueFull: throw queueFull()
    default: throw .outOfMemory
    }
    if configuration.isDryRun {
      state.deliverDry()
      HostThread.undisturbed { signalReports() }
    } else if isParked {
      isParked = false
      HostThread.undisturbed { transport?.wake() }
    }
  }

  /// Counts a refusal of a call that never reached `track`, such as JSON that is none.
  func refuse(_ failure: Failure) -> Failure {
    count { $0.countRefused(failure.status) }
    return failure
  }

  func countDisabled() { count { $0.countDisabled() } }

  func countLeftOut() { count { $0.countLeftOut() } }

  private func count(_ change: (inout DeliveryState) -> Void) {
    mutex.lock()
    change(&state)
    mutex.unlock()
  }

  private func queueFull() -> Failure {
    if state.statistics.pending >= UInt64(configuration.delivery.maximumEvents) {
      return Failure(.queueFull, field: "queue_max_events", "the queue holds as many events as it may; the event was not taken")
    }
    return Failure(.queueFull, field: "queue_max_bytes", "the queue holds as many bytes as it may; the event was not taken")
  }

  static var closed: Failure { Failure(.closed, "the client is closed") }

  // MARK: Thread

  /// With the lock held.
  private func startThread() throws(Failure) {
    guard let transport = transport ?? Transport(configuration.transport) else {
      throw Failure(.system, "libcurl could not be set up: memory or descriptors ran out")
    }
    self.transport = transport
    let context = Unmanaged.passRetained(self)
    let started = Thread(
      { context in
        guard let context else { return nil }
        let delivery = Unmanaged<Delivery>.fromOpaque(context).takeRetainedValue()
        delivery.run()
        return nil
      }, context.toOpaque())
    guard let started else {
      context.release()
      logRefusedThread()
      throw Failure(.system, "the system refused a thread")
    }
    thread = started
  }

  private var hasLoggedRefusal = false

  /// With the lock held. Once: every `track` asks for the thread again.
  private func logRefusedThread() {
    guard !hasLoggedRefusal else { return }
    hasLoggedRefusal = true
    configuration.log.write(.error) { $0.add("the system refuses a thread: no event is taken until it gives one") }
  }

  /// With the lock held: wakes those who wait, when what they wait for may have come. A flush waits for its last event, so
  /// waking it for each of them would cost more than sending them.
  func announce() {
    signalReports()
    let hasReport = pollers > 0 && state.reports.count > 0
    if hasReport || flushers > 0 && state.pending(before: awaitedSequence) == 0 { mutex.wakeAll() }
  }

  // MARK: Flush and close

  /// Returns how many events that were accepted before the call are still pending when all are answered for or the time is up.
  func flush(until deadline: Int64) throws(Failure) -> Int {
    mutex.lock()
    defer { mutex.unlock() }
    guard closingUntil == nil else { throw Delivery.closed }
    return waitForPending(before: state.nextSequence, until: deadline)
  }

  /// The same while the process ends. `exit` may have been called where this thread holds the lock, as from a signal handler:
  /// then it is not waited for beyond the time.
  func flushAtExit(until deadline: Int64) -> Int {
    guard mutex.lock(until: deadline) else { return 0 }
    defer { mutex.unlock() }
    return closingUntil == nil ? waitForPending(before: state.nextSequence, until: deadline) : 0
  }

  /// With the lock held.
  private func waitForPending(before sequence: UInt64, until deadline: Int64) -> Int {
    guard state.pending(before: sequence) > 0 else { return 0 }
    flushers += 1
    awaitedSequence = min(awaitedSequence, sequence)
    state.isHurried = true
    state.hurry(now: Clock.monotonic())
    transport?.wake()
    var pending = state.pending(before: sequence)
    while pending > 0, !isThreadDone, !isClosed, Clock.monotonic() < deadline {
      mutex.wait(until: deadline)
      pending = state.pending(before: sequence)
      // Another flush may have been satisfied and set it back.
      awaitedSequence = min(awaitedSequence, sequence)
    }
    flushers -= 1
    awaitedSequence = UInt64.max
    if flushers == 0 {
      state.isHurried = false
    } else {
      // Those who still wait say anew for what.
      mutex.wakeAll()
    }
    return pending
  }

  /// Returns how many events were not delivered because of it.
  func close(until deadline: Int64) -> Int {
    mutex.lock()
    let abandonedBefore = state.statistics.abandoned
    if closingUntil == nil {
      closingUntil = deadline
      _ = waitForPending(before: state.nextSequence, until: deadline)
    }
    closingUntil = min(deadline, Clock.monotonic())
    isClosed = true
    transport?.wake()
    mutex.wakeAll()
    if thread == nil && !isThreadLost { state.abandonAll() }
    isThreadLost = isThreadLost || !waitForThread(until: deadline)
    let left = Int(state.statistics.abandoned - abandonedBefore) + (isThreadLost ? Int(state.statistics.pending) : 0)
    let ended = thread
    thread = nil
    mutex.unlock()
    if isThreadLost { ended?.detach() } else { ended?.join() }
    return left
  }

  /// With the lock held. The thread ends within a moment, unless it is held up inside a library; `false` then.
  private func waitForThread(until deadline: Int64) -> Bool {
    guard thread != nil else { return true }
    let patience = max(deadline, Clock.monotonic() + 50)
    while !isThreadDone, Clock.monotonic() < patience { mutex.wait(until: patience) }
    return isThreadDone
  }

  // MARK: Statistics and reports

  var statistics: Statistics {
    mutex.lock()
    defer { mutex.unlock() }
    return state.statistics
  }

  var isMisconfigured: Bool {
    mutex.lock()
    defer { mutex.unlock() }
    return state.breaker.isMisconfigured
  }

  /// The oldest report, which the caller hands to `ReportQueue.destroy`; nil when none comes in time.
  func poll(until deadline: Int64) throws(Failure) -> UnsafeMutablePointer<Report>? {
    mutex.lock()
    defer { mutex.unlock() }
    pollers += 1
    defer { pollers -= 1 }
    while true {
      if let report = state.takeReport() {
        signalReports()
        return report
      }
      guard closingUntil == nil else { throw Delivery.closed }
      guard state.reports.isKept, Clock.monotonic() < deadline else { return nil }
      mutex.wait(until: deadline)
    }
  }

  /// The descriptor that is readable while there are reports; -1 when none are kept or the system refuses one.
  func openReportDescriptor() -> Int32 {
    mutex.lock()
    defer { mutex.unlock() }
    guard state.reports.isKept, closingUntil == nil else { return -1 }
    if reportDescriptor < 0 {
      reportDescriptor = StandardStreams.avoid { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) }
      isReadable = false
      signalReports()
    }
    return reportDescriptor
  }

  private var isReadable = false

  /// With the lock held: makes the descriptor say whether there are reports.
  func signalReports() {
    guard reportDescriptor >= 0, isReadable != (state.reports.count > 0) else { return }
    var value: UInt64 = 1
    if isReadable {
      _ = read(reportDescriptor, &value, 8)
    } else {
      _ = write(reportDescriptor, &value, 8)
    }
    isReadable.toggle()
  }
}
