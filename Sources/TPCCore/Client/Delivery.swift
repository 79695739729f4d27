// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// One process's delivery for a client: the state, the lock around it and the sender thread. A forked child gets a new one
/// and never touches its parent's (see `Client`).
final class Delivery {
  let configuration: Configuration
  /// The process that it belongs to.
  let forks = ForkDetector.generation
  let mutex = Mutex()
  var state: DeliveryState
  let spare = SpareEvent()
  var life = DeliveryLife()
  /// Set for as long as there is a sender.
  private(set) var transport: Transport?
  private var thread: Thread?
  /// How many events were pending when the state was last left, for those who may not wait for the lock.
  let unanswered = Atomic<Int>(0)
  /// Whether its life has ended, for those likewise.
  private let hasEnded = Atomic<Bool>(false)
  /// The sender sleeps and would act on a new event.
  var isParked = false
  /// The sender's own: what it took and has not yet handed to libcurl.
  var starting = GrowableArray<DeliveryState.Assignment>()
  /// How many threads wait in a flush or a close, and in a poll.
  private var flushers = 0
  private var pollers = 0
  /// Readable while there are reports; -1 until somebody asks.
  private var reportDescriptor: Int32 = -1

  init(_ configuration: Configuration) {
    self.configuration = configuration
    state = DeliveryState(configuration.delivery, random: Random())
  }

  deinit { if reportDescriptor >= 0 { _ = CPOSIX.close(reportDescriptor) } }

  /// `false` in a child that was forked in a signal handler within a call: that call goes on in the child, too, where nobody holds
  /// the lock that the parent's sender may have held. Its event is the parent's.
  @inline(__always)
  private var isOfThisProcess: Bool { forks == ForkDetector.generation }

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
    guard isOfThisProcess else { return (0, 0) }
    mutex.lock()
    defer { mutex.unlock() }
    return state.randomBits()
  }

  private func enqueue(_ body: EventWorkspace) throws(Failure) {
    let now = Clock.coarseMonotonic()
    guard isOfThisProcess else { throw Failure(.system, "a signal handler forked within the call; the event is the parent's") }
    mutex.lock()
    defer { mutex.unlock() }
    guard life.isOpen else { throw .closed }
    if life.isIdle && !configuration.isDryRun {
      try HostThread.undisturbed { () throws(Failure) in try startThread() }
    }
    switch state.accept(body, now: now) {
    case .ok: break
    case .queueFull: throw queueFull()
    default: throw .outOfMemory
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

  /// Counts a refusal of a call that never reached `track`, such as JSON that is none.
  func refuse(_ failure: Failure) -> Failure {
    count { $0.countRefused(failure.status) }
    return failure
  }

  func countDisabled() { count { $0.countDisabled() } }

  func countLeftOut() { count { $0.countLeftOut() } }

  private func count(_ change: (inout DeliveryState) -> Void) {
    guard isOfThisProcess else { return }
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
        // A child that was forked in a signal handler, within this start, would send its parent's events a second time.
        if delivery.forks == ForkDetector.generation { delivery.run() }
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

  /// With the lock held. Once: every `track` asks for the thread again.
  private func logRefusedThread() {
    guard !hasLoggedRefusal else { return }
    hasLoggedRefusal = true
    configuration.log.write(.error) { $0.add("the system refuses a thread: no event is taken until it gives one") }
  }

  /// With the lock held: wakes those who wait, when what they wait for may have come. A flush waits for its last event, so
  /// waking it for each of them would cost more than sending them.
  func announce() {
    noteUnanswered()
    signalReports()
    let hasReport = pollers > 0 && state.reports.count > 0
    if hasReport || flushers > 0 && state.hasSatisfiedFlush { mutex.wakeAll() }
  }

  /// By the sender, in its last steps: all that is left is dropped, and libcurl is its own from here on.
  func settle() {
    abandonAll()
    mutex.lock()
    transport = nil
    life.settle()
    announce()
    mutex.wakeAll()
    mutex.unlock()
  }

  /// Ends all that is pending, letting others in between: there may be millions.
  private func abandonAll() {
    var isDone = false
    while !isDone {
      mutex.lock()
      isDone = state.abandon()
      mutex.unlock()
    }
  }

  /// The sender's last step here.
  func end() {
    mutex.lock()
    life.end()
    mutex.wakeAll()
    mutex.unlock()
    hasEnded.store(true, ordering: .releasing)
  }

  // MARK: Flush

  /// Returns how many events that were accepted before the call are still pending when all are answered for or the time is up.
  func flush(until deadline: Int64) throws(Failure) -> Leftover {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    defer { mutex.unlock() }
    guard life.isOpen else { throw .closed }
    // Without memory to tell its events from later ones, it waits for them all.
    let flush = state.beginFlush()
    defer { if let flush { state.endFlush(flush) } }
    return Leftover(wait(for: flush, until: deadline))
  }

  private var lastKnown: Leftover { Leftover(unanswered.load(ordering: .relaxed), isExact: false) }

  /// The same while the process ends. `exit` may have been called where this thread holds the lock, as from a signal handler:
  /// then it is not waited for beyond the time.
  func flushAtExit(until deadline: Int64) -> Int {
    guard mutex.lock(until: deadline) else { return 0 }
    defer { mutex.unlock() }
    guard life.isOpen else { return 0 }
    // Other threads may go on tracking: only what came before counts.
    let flush = state.beginFlush()
    defer { if let flush { state.endFlush(flush) } }
    return wait(for: flush, until: deadline)
  }

  /// With the lock held: waits for a flush's events, or for all where it is nil, until the time is up. Returns how many of them
  /// are pending then.
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

  /// Returns how many events were not delivered because of it. Where the lock could not be had, the sender goes on until
  /// `shutDown`.
  func close(until deadline: Int64) -> Leftover {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    let abandonedBefore = state.statistics.abandoned
    stop(until: deadline)
    mutex.unlock()
    // Not on the condition: behind it stands, with everybody who just tracked, the queue for the lock.
    let patience = max(deadline, Clock.monotonic() + ProcessLife.closePatienceMilliseconds)
    _ = BoundedWait.wait(until: patience) { hasEnded.load(ordering: .acquiring) }
    guard mutex.lock(until: patience, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return lastKnown }
    let left = Int(state.statistics.abandoned - abandonedBefore) + (life.isSettled ? 0 : Int(state.statistics.pending))
    reap()
    return Leftover(left)
  }

  /// When nobody calls any more, for a close that could not have the lock: only the sender may hold it now, for a few steps.
  func shutDown() {
    mutex.lock()
    stop(until: 0)
    reap()
  }

  /// With the lock held.
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

  /// Gives up the lock and the thread. One that is held up inside a library ends by itself: what it holds stays with it.
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

  /// The oldest report, which the caller hands to `ReportQueue.destroy`; nil when none comes in time.
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

  /// The descriptor that is readable while there are reports; -1 when none are kept or the system refuses one.
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
