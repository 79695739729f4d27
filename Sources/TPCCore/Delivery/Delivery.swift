// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// One process's delivery for a client: the state, the lock around it and the sender thread. A forked child gets a new one
/// and never touches its parent's (see `Client`).
final class Delivery {
  let configuration: Configuration
  private let mutex = Mutex()
  private var state: DeliveryState
  private var transport: Transport?
  private var thread: Thread?
  /// The sender sleeps and would act on a new event.
  private var isParked = false
  /// The sender's own: what it took and has not yet handed to libcurl.
  private var starting = List<DeliveryState.Assignment>()
  /// As many at a time, so that callers of `track` never wait for long.
  private static let batch = 32
  private var waiters = 0
  /// The least that any flush waits for: it is satisfied first.
  private var awaitedSequence = UInt64.max
  /// Set once close has begun; from then on no event is taken.
  private var closingUntil: Int64?
  private var isThreadDone = false
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
    let body: EventBody?
    do throws(Failure) {
      body = try Completion.body(of: visit, configuration.completion) { randomBits() }
    } catch {
      throw refuse(error)
    }
    guard let body else { return count { $0.countSampledOut() } }
    do throws(Failure) {
      try enqueue(body)
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
    if thread == nil && !configuration.isDryRun { try startThread() }
    switch state.accept(body, now: now) {
    case .ok: break
    case .queueFull: throw queueFull()
    default: throw .outOfMemory
    }
    if configuration.isDryRun {
      state.deliverDry()
      signalReports()
    } else if isParked {
      isParked = false
      transport?.wake()
    }
  }

  /// Counts a refusal of a call that never reached `track`, such as JSON that is none.
  func refuse(_ failure: Failure) -> Failure {
    count { $0.countRefused(failure.status) }
    return failure
  }

  func countDisabled() { count { $0.countDisabled() } }

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

  static let closed = Failure(.closed, "the client is closed")

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
      throw Failure(.system, "the system refused a thread")
    }
    thread = started
  }

  /// The sender: carries out what the state decides. One turn a loop, until close.
  private func run() {
    Thread.nameCurrent("tpc-sender")
    guard let transport else { return }
    while let timeout = turn() {
      CurlGate.enter()
      startAll(transport)
      if transport.running > 0 { transport.perform() }
      let hasFinished = finishAll(transport)
      CurlGate.leave()
      if !hasFinished && timeout > 0 { transport.wait(timeout) }
    }
    CurlGate.enter()
    transport.abortAll()
    CurlGate.leave()
    mutex.lock()
    state.abandonAll()
    isThreadDone = true
    signalReports()
    mutex.wakeAll()
    mutex.unlock()
  }

  /// Takes what may start into `starting`. Returns how long to wait for something to happen; nil when it is time to end.
  private func turn() -> Int64? {
    let now = Clock.monotonic()
    mutex.lock()
    defer { mutex.unlock() }
    isParked = false
    if let closingUntil, state.statistics.pending == 0 || now >= closingUntil { return nil }
    let pendingBefore = state.statistics.pending
    while starting.count < Delivery.batch, starting.reserve(1), let assignment = state.next(now: now) {
      _ = starting.append(assignment)
    }
    // Events that expired have ended, too.
    if state.statistics.pending != pendingBefore { announce() }
    if starting.count > 0 { return 0 }
    isParked = state.wantsWaking(now: now)
    let next = min(state.nextTime(now: now) ?? Int64.max, closingUntil ?? Int64.max)
    return next == Int64.max ? 3_600_000 : max(1, next - now)
  }

  private func startAll(_ transport: Transport) {
    guard starting.count > 0 else { return }
    let now = Clock.monotonic()
    for index in 0..<starting.count {
      guard let assignment = starting[index] else { continue }
      let timeLeft = assignment.deadline - now
      if transport.start(assignment.number, assignment.event.bytes, timeLeft: timeLeft) { continue }
      mutex.lock()
      state.finish(assignment.number, RequestResult(), Delivery.noMemory, now: now)
      mutex.unlock()
    }
    starting.removeAll()
  }

  private static var noMemory: ServerWords {
    ServerWords(code: Bytes("network"), message: Bytes("memory ran out for the request"))
  }

  /// Takes in the requests that have ended. `false` when there were none.
  private func finishAll(_ transport: Transport) -> Bool {
    guard var completion = transport.nextCompletion() else { return false }
    let now = Clock.monotonic()
    while true {
      finish(completion, now)
      guard let next = transport.nextCompletion() else { break }
      completion = next
    }
    mutex.lock()
    announce()
    mutex.unlock()
    return true
  }

  private func finish(_ completion: Transport.Completion, _ now: Int64) {
    let transfer = completion.transfer
    var result = transfer.result(completion.code)
    if result.isSuccess {
      let acceptance = completion.code == CURLE_OK ? Acceptance(transfer.body.bytes) : nil
      result.isOdd = acceptance == nil
      var words = ServerWords()
      if let acceptance { words.receivedAt = acceptance.receivedAt }
      return finish(transfer, result, words, now)
    }
    if result.httpStatus == 0 { return finish(transfer, result, Delivery.networkError(completion.code), now) }
    let body = ErrorBody(transfer.body.bytes)
    finish(transfer, result, body.words, now)
  }

  private func finish(_ transfer: Transfer, _ result: RequestResult, _ words: ServerWords, _ now: Int64) {
    mutex.lock()
    let wasOpen = state.breaker.isOpen
    if result.httpStatus != 0 { state.connectionIs(multiplexed: transfer.isMultiplexed) }
    state.finish(transfer.number, result, words, now: now)
    let isOpen = state.breaker.isOpen
    let isMisconfigured = state.breaker.isMisconfigured
    let pending = Int(state.statistics.pending)
    mutex.unlock()
    if wasOpen != isOpen { log(isOpen, isMisconfigured, result, words, pending) }
  }

  private static func networkError(_ code: CURLcode) -> ServerWords {
    var words = ServerWords(code: Bytes("network"), message: Bytes(""))
    if let text = curl_easy_strerror(code) {
      words.message = Bytes(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))
    }
    return words
  }

  /// Once when events begin to wait, once when they flow again.
  private func log(_ isOpen: Bool, _ isMisconfigured: Bool, _ result: RequestResult, _ words: ServerWords, _ pending: Int) {
    guard isOpen else {
      configuration.log.write(.info) {
        $0.add("the endpoint takes events again; pending: ")
        $0.add(pending)
      }
      return
    }
    configuration.log.write(isMisconfigured ? .error : .warn) {
      if result.httpStatus == 0 {
        $0.add("no answer from the endpoint (")
        $0.add(words.message)
        $0.add(")")
      } else {
        $0.add("the endpoint answers HTTP ")
        $0.add(result.httpStatus)
      }
      if isMisconfigured { $0.add(": check the credential and base_url") }
      $0.add("; events are kept and tried again, pending: ")
      $0.add(pending)
    }
  }

  /// With the lock held: wakes those who wait, when what they wait for may have come. A flush waits for its last event, so
  /// waking it for each of them would cost more than sending them.
  private func announce() {
    signalReports()
    guard waiters > 0 else { return }
    if state.reports.count > 0 || state.pending(before: awaitedSequence) == 0 { mutex.wakeAll() }
  }

  // MARK: Flush and close

  /// Returns how many events that were accepted before the call are still pending when all are answered for or the time is up.
  func flush(until deadline: Int64) throws(Failure) -> Int {
    mutex.lock()
    defer { mutex.unlock() }
    guard closingUntil == nil else { throw Delivery.closed }
    return waitForPending(before: state.nextSequence, until: deadline)
  }

  /// With the lock held.
  private func waitForPending(before sequence: UInt64, until deadline: Int64) -> Int {
    guard state.pending(before: sequence) > 0 else { return 0 }
    waiters += 1
    awaitedSequence = min(awaitedSequence, sequence)
    state.isHurried = true
    state.hurry(now: Clock.monotonic())
    transport?.wake()
    var pending = state.pending(before: sequence)
    while pending > 0, !isThreadDone, Clock.monotonic() < deadline {
      mutex.wait(until: deadline)
      pending = state.pending(before: sequence)
      // Another flush may have been satisfied and set it back.
      awaitedSequence = min(awaitedSequence, sequence)
    }
    waiters -= 1
    awaitedSequence = UInt64.max
    if waiters == 0 {
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
    if closingUntil == nil {
      closingUntil = deadline
      _ = waitForPending(before: state.nextSequence, until: deadline)
    }
    let abandonedBefore = state.statistics.abandoned
    closingUntil = min(deadline, Clock.monotonic())
    transport?.wake()
    mutex.wakeAll()
    let isJoinable = waitForThread()
    if thread == nil { state.abandonAll() }
    let left = Int(state.statistics.abandoned - abandonedBefore) + (isJoinable ? 0 : Int(state.statistics.pending))
    let ended = thread
    thread = nil
    mutex.unlock()
    if isJoinable { ended?.join() } else { ended?.detach() }
    return left
  }

  /// With the lock held. The thread ends within a moment, unless it is held up inside a library; `false` then.
  private func waitForThread() -> Bool {
    guard thread != nil else { return true }
    let patience = Clock.monotonic() + 50
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
    waiters += 1
    defer { waiters -= 1 }
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
      reportDescriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
      isReadable = false
      signalReports()
    }
    return reportDescriptor
  }

  private var isReadable = false

  /// With the lock held: makes the descriptor say whether there are reports.
  private func signalReports() {
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
