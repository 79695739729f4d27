// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
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
  /// Nil without `spool_directory`.
  let spool: Spool<FolderDisk>?
  /// Used only by the sender: the ends of events that are to be noted on disk.
  var noting = GrowableArray<Acknowledgement>()
  var life = DeliveryLife()
  /// Exists as long as there is a sender.
  private(set) var transport: Transport?
  var thread: Thread?
  /// How many events were pending when the state was last used, for callers that cannot wait for the lock.
  let unanswered = Atomic<Int>(0)
  /// Whether its life has ended, for callers that cannot wait for the lock.
  let hasEnded = Atomic<Bool>(false)
  /// Whether the sender is asleep and must be woken for a new event.
  var isParked = false
  /// Used only by the sender: what it took from the state and has not yet passed to libcurl.
  var starting = GrowableArray<DeliveryState.Assignment>()
  /// Whether it was released: the sender ends by itself. It then leaves the client's slot, which this call holds.
  var isReleased = false
  var hold: ClientTable.Call?
  /// How many threads are waiting in a flush or a close, and in a poll.
  var flushers = 0
  var pollers = 0
  /// A descriptor that is readable while there are reports; -1 until it is asked for.
  var reportDescriptor: Int32 = -1
  var isReadable = false

  init(_ configuration: Configuration) {
    self.configuration = configuration
    state = DeliveryState(configuration.delivery, random: Random())
    spool = configuration.makeSpool()
  }

  deinit { if reportDescriptor >= 0 { _ = CTPCPOSIX.close(reportDescriptor) } }

  /// `false` in a child that was forked in a signal handler during a call. That call continues in the child as well,
  /// where no thread holds a lock that the parent's sender may have held. Its event belongs to the parent.
  @inline(__always)
  var isOfThisProcess: Bool { forks == ForkDetector.generation }

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
    guard isOfThisProcess else { throw Delivery.forkedWithin }
    if let spool { return try enqueue(body, spool, now: now) }
    _ = try admit(body, .none, now: now)
  }

  static var forkedWithin: Failure {
    Failure(.system, "a signal handler forked during the call; the event belongs to the parent")
  }

  /// Queues an event, and wakes the sender for it if that is asleep. Returns whether the event stays on disk instead.
  @_optimize(speed)
  func admit(_ body: EventWorkspace, _ place: SpoolPlace, now: Int64) throws(Failure) -> Bool {
    var sleeper: Transport?
    let isLeft = try admit(body, place, now: now, &sleeper)
    // Without the lock, which the sender takes as soon as it is awake.
    if let sleeper { HostThread.undisturbed { sleeper.wake() } }
    return isLeft
  }

  @_optimize(speed)
  private func admit(_ body: EventWorkspace, _ place: SpoolPlace, now: Int64, _ sleeper: inout Transport?) throws(Failure) -> Bool {
    mutex.lock()
    defer { mutex.unlock() }
    guard life.isOpen else { throw .closed }
    if life.isIdle && !configuration.isDryRun && !place.isLeft {
      do throws(Failure) {
        try HostThread.undisturbed { () throws(Failure) in try startThread() }
      } catch {
        // An event on disk waits there for a thread, or for another process.
        if !place.isOnDisk { throw error }
      }
    }
    switch state.accept(body, place: place, now: now) {
    case .accepted: break
    case .spooled: return true
    case .queueFull: throw queueFull()
    case .noMemory: throw .outOfMemory
    }
    noteUnanswered()
    if configuration.isDryRun {
      state.deliverDry()
      HostThread.undisturbed { signalReports() }
    } else if isParked {
      isParked = false
      sleeper = transport
    }
    return false
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
  func startThread() throws(Failure) {
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

  private func noteUnanswered() { unanswered.store(Int(state.ownPending), ordering: .relaxed) }

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
    if hasReport || flushers > 0 && (state.hasSatisfiedFlush || state.breaker.isOpen) { mutex.wakeAll() }
  }

  /// Called by the sender in its last steps: drops everything that is left. From here on, only the sender uses libcurl.
  func settle() {
    abandonAll()
    if let spool { close(spool) }
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

  // MARK: Statistics

  var statistics: Statistics {
    guard isOfThisProcess else { return Statistics() }
    mutex.lock()
    var statistics = state.statistics
    mutex.unlock()
    if let spool { add(spool, to: &statistics) }
    return statistics
  }

  var isMisconfigured: Bool {
    guard isOfThisProcess else { return false }
    mutex.lock()
    defer { mutex.unlock() }
    return state.breaker.isMisconfigured
  }
}
