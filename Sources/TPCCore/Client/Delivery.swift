// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// A client's delivery within one process: the state, the lock around it and the sender thread. A forked child gets a
/// new one and never touches its parent's (see `Client`).
final class Delivery {
  let configuration: Configuration
  /// The process that it belongs to, by its fork generation.
  let forks = ForkDetector.generation
  let mutex = Mutex()
  var state: DeliveryState
  let spare = SpareWorkspace()
  var life = DeliveryLife()
  /// Exists as long as there is a sender.
  private(set) var transport: Transport?
  private var thread: Thread?
  /// How many events were pending when the state was last used, for callers that cannot wait for the lock.
  let unanswered = Atomic<Int>(0)
  /// Whether its life has ended, for callers that cannot wait for the lock.
  private let hasEnded = Atomic<Bool>(false)
  /// Whether the sender is asleep and must be woken for a new event.
  var isParked = false
  /// Used only by the sender: what it took from the state and has not yet passed to libcurl.
  var starting = GrowableArray<DeliveryState.Assignment>()
  /// Whether it was released: the sender ends by itself. It then leaves the client's slot, which this call holds.
  private(set) var isReleased = false
  private var hold: ClientTable.Call?
  /// How many threads are waiting in a flush or a close, and in a poll.
  private var flushers = 0
  private var pollers = 0
  /// A descriptor that is readable while there are reports; -1 until it is asked for.
  private var reportDescriptor: Int32 = -1

  init(_ configuration: Configuration) {
    self.configuration = configuration
    state = DeliveryState(configuration.delivery, random: Random())
  }

  deinit { if reportDescriptor >= 0 { _ = CPOSIX.close(reportDescriptor) } }

  /// `false` in a child that was forked in a signal handler during a call. That call continues in the child as well,
  /// where no thread holds a lock that the parent's sender may have held. Its event belongs to the parent.
  @inline(__always)
  private var isOfThisProcess: Bool { forks == ForkDetector.generation }

  // MARK: Track

  /// Checks, completes and queues an event. Never waits for the network: the lock is only ever held for a few steps.
  @_optimize(speed)
  func track(_ visit: borrowing PageVisit) throws(Failure) -> TrackResult {
    guard configuration.isEnabled else { return countDisabled() }
    do throws(Failure) {
      // Unowned: the caller keeps `self` for the call, and a closure that kept it would count references for every event.
      switch try Completion.complete(visit, configuration.completion, random: { [unowned(unsafe) self] in randomBits() }) {
      case .body(let body): try enqueue(body)
      case .sampledOut: return count(.sampledOut)
      case .leftOut(let reader): return count(.leftOut(LeftOut(reader)))
      }
    } catch {
      throw refuse(error)
    }
    return .queued
  }

  @_optimize(speed)
  func randomBits() -> (UInt64, UInt64) {
    guard isOfThisProcess else { return (0, 0) }
    mutex.lock()
    defer { mutex.unlock() }
    return state.randomBits()
  }

  @_optimize(speed)
  private func enqueue(_ body: EventWorkspace) throws(Failure) {
    let now = Clock.coarseMonotonic()
    guard isOfThisProcess else {
      throw Failure(.system, "a signal handler forked during the call; the event belongs to the parent")
    }
    mutex.lock()
    defer { mutex.unlock() }
    guard life.isOpen else { throw .closed }
    if life.isIdle && !configuration.isDryRun {
      try HostThread.undisturbed { () throws(Failure) in try startThread() }
    }
    switch state.accept(body, now: now) {
    case .accepted: break
    case .queueFull: throw queueFull()
    case .noMemory: throw .outOfMemory
    }
    noteUnanswered()
    if configuration.isDryRun {
      state.deliverDry()
      HostThread.undisturbed { signalReports() }
    } else if isParked {
      isParked = false
      HostThread.undisturbed { transport?.wake() }
    }
  }

  /// Counts an event that is refused, and returns the reason to be thrown.
  func refuse(_ failure: Failure) -> Failure {
    if isOfThisProcess {
      mutex.lock()
      state.countRefused(failure.status)
      mutex.unlock()
    }
    return failure
  }

  /// Counts an event that is left out rather than queued, and returns `result` again.
  @discardableResult
  @inline(never)
  func count(_ result: TrackResult) -> TrackResult {
    guard isOfThisProcess else { return result }
    mutex.lock()
    switch result {
    case .sampledOut: state.countSampledOut()
    case .leftOut: state.countLeftOut()
    // Counted elsewhere.
    case .disabled, .queued: break
    }
    mutex.unlock()
    return result
  }

  func countDisabled() -> TrackResult {
    guard isOfThisProcess else { return .disabled }
    mutex.lock()
    state.countDisabled()
    mutex.unlock()
    return .disabled
  }

  private func queueFull() -> Failure {
    if state.statistics.pending >= UInt64(configuration.delivery.maximumEvents) {
      return Failure(.queueFull, field: "queue_max_events", "the queue holds as many events as it may; the event was not taken")
    }
    return Failure(.queueFull, field: "queue_max_bytes", "the queue holds as many bytes as it may; the event was not taken")
  }

  // MARK: Thread

  /// Starts the sender. Called with the lock held.
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
        // A child forked by a signal handler during this start would send its parent's events a second time.
        if delivery.forks == ForkDetector.generation {
          delivery.run()
          if let hold = delivery.hold { ClientTable.leave(hold) }
        }
        return nil
      }, context.toOpaque())
    guard let started else {
      context.release()
      logRefusedThread()
      throw Failure(.system, "the system refused a thread")
    }
    thread = started
    life.start()
  }

  private func noteUnanswered() { unanswered.store(Int(state.statistics.pending), ordering: .relaxed) }

  private var hasLoggedRefusal = false

  /// Logs a refused thread, once: every `track` asks for the thread again. Called with the lock held.
  private func logRefusedThread() {
    guard !hasLoggedRefusal else { return }
    hasLoggedRefusal = true
    configuration.log.write(.error) { $0.add("the system refuses a thread: no event is accepted until it allows one") }
  }

  /// Wakes waiting threads if what they wait for may have come. A flush waits for its last event, so waking it for each
  /// event would cost more than sending them. Called with the lock held.
  func announce() {
    noteUnanswered()
    signalReports()
    let hasReport = pollers > 0 && state.reports.count > 0
    if hasReport || flushers > 0 && state.hasSatisfiedFlush { mutex.wakeAll() }
  }

  /// Called by the sender in its last steps: drops everything that is left. From here on, only the sender uses libcurl.
  func settle() {
    abandonAll()
    mutex.lock()
    transport = nil
    life.settle()
    announce()
    mutex.wakeAll()
    mutex.unlock()
  }

  /// Ends everything that is pending, releasing the lock between batches: there may be millions of events.
  private func abandonAll() {
    var isDone = false
    while !isDone {
      mutex.lock()
      isDone = state.abandon()
      mutex.unlock()
    }
  }

  /// The sender has finished and will not use this delivery again.
  func end() {
    mutex.lock()
    life.end()
    mutex.wakeAll()
    mutex.unlock()
    hasEnded.store(true, ordering: .releasing)
  }

  // MARK: Flush

  /// Waits until every event accepted before the call has its outcome, or the time is up. Returns how many are still
  /// pending.
  func flush(until deadline: Int64) throws(Failure) -> Leftover {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    defer { mutex.unlock() }
    guard life.isOpen else { throw .closed }
    // Without memory to tell its events from later ones, it waits for all of them.
    let flush = state.beginFlush()
    defer { if let flush { state.endFlush(flush) } }
    return Leftover(wait(for: flush, until: deadline))
  }

  private var lastKnown: Leftover { Leftover(unanswered.load(ordering: .relaxed), isExact: false) }

  /// Flushes at the process's exit. `exit` may have been called while this thread holds the lock, such as from a signal
  /// handler, so it never waits for the lock beyond the deadline.
  func flushAtExit(until deadline: Int64) -> Int {
    guard mutex.lock(until: deadline) else { return 0 }
    defer { mutex.unlock() }
    guard life.isOpen || isReleased else { return 0 }
    // Other threads may go on tracking; only events accepted before count.
    let flush = state.beginFlush()
    defer { if let flush { state.endFlush(flush) } }
    return wait(for: flush, until: deadline)
  }

  /// Waits for a flush's events, or for all events if it is nil, until the time is up. Returns how many of them are
  /// still pending. Called with the lock held.
  private func wait(for flush: UInt64?, until deadline: Int64) -> Int {
    guard pending(of: flush) > 0 else { return 0 }
    flushers += 1
    state.isHurried = true
    state.hurry(now: Clock.monotonic())
    transport?.wake()
    while pending(of: flush) > 0, life.isDelivering, Clock.monotonic() < deadline { mutex.wait(until: deadline) }
    flushers -= 1
    if flushers == 0 { state.isHurried = false }
    return pending(of: flush)
  }

  private func pending(of flush: UInt64?) -> Int { flush.map { state.pending(of: $0) } ?? Int(state.statistics.pending) }

  // MARK: Close

  /// Closes the delivery. Returns how many events were not delivered because of it. If the lock was not available in
  /// time, the sender continues until `shutDown`.
  func close(until deadline: Int64) -> Leftover {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    let abandonedBefore = state.statistics.abandoned
    stop(until: deadline)
    mutex.unlock()
    // Not on the condition variable: waking from that means queueing for the lock with everyone who is tracking.
    let lastMoment = max(deadline, Clock.monotonic() + ProcessLife.closePatienceMilliseconds)
    _ = BoundedWait.wait(until: lastMoment) { hasEnded.load(ordering: .acquiring) }
    guard mutex.lock(until: lastMoment, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    let left = Int(state.statistics.abandoned - abandonedBefore) + (life.isSettled ? 0 : Int(state.statistics.pending))
    reap()
    return Leftover(left)
  }

  /// Completes a close that could not get the lock, when no calls can come any more: only the sender may hold the lock
  /// now, for a few steps.
  func shutDown() {
    mutex.lock()
    stop(until: 0)
    reap()
  }

  /// Closes the delivery without waiting: the sender delivers what is pending, and then ends and leaves the call. `false` if there
  /// is no sender to do so.
  func release(holding call: ClientTable.Call?) -> Bool {
    guard isOfThisProcess else { return false }
    mutex.lock()
    defer { mutex.unlock() }
    isReleased = true
    mutex.wakeAll()
    guard case .deliver = life.close(until: .max) else { return false }
    hold = call
    thread?.detach()
    thread = nil
    transport?.wake()
    return true
  }

  /// Called with the lock held.
  private func stop(until deadline: Int64) {
    switch life.close(until: deadline) {
    case .deliver: _ = wait(for: nil, until: deadline)
    case .abandon:
      while !state.abandon() {}
      hasEnded.store(true, ordering: .releasing)
    case .stop: break
    }
    life.stop()
    transport?.wake()
    mutex.wakeAll()
  }

  /// Releases the lock and the thread. A thread that is stuck inside a library ends on its own and keeps what it holds.
  private func reap() {
    let former = thread
    thread = nil
    mutex.unlock()
    if hasEnded.load(ordering: .acquiring) { former?.join() } else { former?.detach() }
  }

  // MARK: Statistics and reports

  var statistics: Statistics {
    guard isOfThisProcess else { return Statistics() }
    mutex.lock()
    defer { mutex.unlock() }
    return state.statistics
  }

  var isMisconfigured: Bool {
    guard isOfThisProcess else { return false }
    mutex.lock()
    defer { mutex.unlock() }
    return state.breaker.isMisconfigured
  }

  /// The oldest report, which the caller must pass to `ReportQueue.destroy`; nil if none comes in time.
  func poll(until deadline: Int64) throws(Failure) -> UnsafeMutablePointer<Report>? {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return nil }
    defer { mutex.unlock() }
    pollers += 1
    defer { pollers -= 1 }
    while true {
      if let report = state.takeReport() {
        signalReports()
        return report
      }
      guard life.isOpen else { throw .closed }
      guard state.reports.isKept, Clock.monotonic() < deadline else { return nil }
      mutex.wait(until: deadline)
    }
  }

  /// The descriptor that is readable while there are reports; -1 if no reports are kept or the system refuses a
  /// descriptor.
  func openReportDescriptor() -> Int32 {
    guard isOfThisProcess else { return -1 }
    mutex.lock()
    defer { mutex.unlock() }
    guard state.reports.isKept, life.isOpen else { return -1 }
    if reportDescriptor < 0 {
      reportDescriptor = StandardStreams.avoid { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) }
      isReadable = false
      signalReports()
    }
    return reportDescriptor
  }

  private var isReadable = false

  /// Makes the descriptor readable if there are reports, and unreadable if not. Called with the lock held.
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
