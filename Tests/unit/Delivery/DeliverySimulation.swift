// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// A whole life of delivery with a clock and a network that are values: the sender's loop around `DeliveryState`, a server that
/// answers as it is told, and after each step a comparison with books and rules that know nothing of the state's insides.
///
/// The sender sleeps as the real one does: until `nextTime`, an answer, or a new event that `wantsWaking` asked for. So an event
/// that the state would forget to look at waits for ever here, too.
final class DeliverySimulation {
  typealias Server = (_ now: Int64, _ random: inout Random) -> SimulatedAnswer

  struct RequestInFlight {
    let number: Int
    let sequence: Int
    let endsAt: Int64
    let answer: SimulatedAnswer
    /// It started while the circuit was open, and which time of being open that was.
    let isProbe: Bool
    let opening: Int
    /// How long the process had stood still when it started.
    let suspendedBefore: Int64
  }

  struct Flush {
    let number: UInt64
    let sequence: UInt64
    let deadline: Int64
  }

  static let requestTimeoutMilliseconds: Int64 = 10_000
  /// As many starts a turn, like the sender's.
  static let batch = 32

  let settings: DeliverySettings
  var state: DeliveryState
  var server: Server
  /// What the server answers to some events whenever it would take another.
  var poison: [Int: RequestResult] = [:]
  /// So many of each event's first replies get lost on their way back.
  var repliesLost = 0
  /// The clock of `track` is a coarse one: it shows the last multiple of this.
  var coarseness: Int64 = 1
  private(set) var now: Int64
  private(set) var requests: [RequestInFlight] = []
  private(set) var flushes: [Flush] = []
  private(set) var books: DeliveryBooks
  private(set) var rules: DeliveryRules
  private(set) var log = SimulationLog()
  /// How often everything was compared.
  private(set) var steps = 0
  private(set) var isClosed = false

  private var random: Random
  private var isParked = true
  /// When a flush last had to send a probe.
  private var hurriedAt = Int64.min / 2
  private var wakesAt: Int64?
  private var closingUntil: Int64?

  var events: [DeliveryBooks.Event] { books.events }
  var violations: [String] { log.violations }

  init(_ settings: DeliverySettings, seed: UInt64, start: Int64 = 1_000_000, server: @escaping Server) {
    self.settings = settings
    self.server = server
    now = start
    books = DeliveryBooks(settings)
    rules = DeliveryRules(settings)
    var random = Random(seed: seed)
    state = DeliveryState(settings, random: Random(seed: random.next()))
    self.random = random
  }

  // MARK: What the host does

  /// Tracks one event; the refusal of a full queue is expected exactly when a bound would be passed.
  func track(bytes: Int = 100) {
    guard closingUntil == nil, !isClosed else { return }
    let time = now - now % coarseness
    let status = state.take("\(events.count)", length: bytes, now: time)
    let wanted: DeliveryState.Intake = books.hasRoom(for: bytes) ? .accepted : .queueFull
    expect(status == wanted, "an event of \(bytes) bytes beside \(books.pending) resulted in \(status)")
    guard status == .accepted else {
      state.countRefused(status == .noMemory ? .noMemory : .queueFull)
      return books.refuse()
    }
    note("track \(events.count)")
    books.accept(bytes: bytes, at: time)
    check()
    if isParked {
      turn()
    } else if let due = state.nextTime(now: now) {
      let isBack = wakesAt.map { $0 - DeliveryState.lookMilliseconds <= max(now, due) } == true
      expect(isBack, "the sender sleeps past \(due - now) ms, when the new event is due")
    }
  }

  /// A flush begins; it goes on until its events have ended, its time is up, or `endFlush`.
  func beginFlush(timeout: Int64 = 1 << 40) {
    guard closingUntil == nil, !isClosed, books.pending > 0, let number = state.beginFlush() else { return }
    note("flush")
    flushes.append(Flush(number: number, sequence: UInt64(events.count), deadline: now + timeout))
    state.isHurried = true
    state.hurry(now: now)
    rules.hurry()
    let (isOpen, isProbing, waiting) = (state.breaker.isOpen, state.breaker.probes > 0, books.pending - requests.count)
    turn()
    if waiting > 0, isOpen, !isProbing, now >= rules.serverTime, flushes.count > 0, now - hurriedAt >= CircuitBreaker.hurryDistanceMilliseconds {
      hurriedAt = now
      expect(requests.contains { $0.isProbe }, "a flush sent no probe though the server named no later time")
    }
  }

  func endFlush() {
    for flush in flushes { state.endFlush(flush.number) }
    flushes = []
    state.isHurried = false
  }

  /// The host closes, and waits for as long as `timeout` for what is pending; what is left then ends as abandoned.
  func close(timeout: Int64 = 0) {
    guard !isClosed else { return }
    if timeout > 0 { beginFlush(timeout: timeout) }
    note("close")
    let deadline = now + timeout
    closingUntil = deadline
    while books.pending > 0, now < deadline, violations.isEmpty, let due = nextDue, due < deadline { step(to: due) }
    if books.pending > 0 { now = max(now, deadline) }
    endFlush()
    isClosed = true
    requests = []
    books.abandonAll(&log)
    while !state.abandon() {}
    check()
    expect(state.nextTime(now: now) == nil, "something waits after close")
    expect(state.next(now: now) == nil, "something is sent after close")
  }

  /// Lets the time pass, with all that falls due in it.
  func advance(by duration: Int64) {
    let until = now + duration
    while let due = nextDue, due <= until, violations.isEmpty { step(to: due) }
    now = max(now, until)
  }

  /// The process does not run (stopped, swapped out, its machine asleep): what falls due is seen only afterwards.
  func stall(by duration: Int64) {
    note("stall \(duration)")
    // The sender meant to be back by then; a moment late is a busy machine's.
    if let wakesAt, books.pending > 0, now + duration - wakesAt > SuspendedTime.toleranceMilliseconds { books.freeze(now + duration - wakesAt) }
    now += duration
    if !isClosed { step(to: now) }
  }

  /// Runs until nothing is pending, or for as long as `limit`; returns whether nothing is.
  func drain(limit: Int64) -> Bool {
    let until = now + limit
    while books.pending > 0, violations.isEmpty {
      guard let due = nextDue, due <= until else { return false }
      step(to: due)
    }
    return books.pending == 0
  }

  /// What the connection turned out to carry.
  func connectionIs(multiplexed: Bool) {
    state.connectionIs(multiplexed: multiplexed)
    rules.connectionIs(multiplexed: multiplexed)
    expect(state.limit.limit <= rules.carried, "the limit is \(state.limit.limit) on a connection that carries \(rules.carried)")
  }

  // MARK: The sender's loop

  private var nextDue: Int64? {
    var due = wakesAt
    for request in requests { due = min(due ?? Int64.max, request.endsAt) }
    for flush in flushes { due = min(due ?? Int64.max, flush.deadline) }
    return due.map { max(now, $0) }
  }

  private func step(to time: Int64) {
    now = time
    while let index = requests.firstIndex(where: { $0.endsAt <= now }) { land(requests.remove(at: index)) }
    turn()
  }

  /// Starts what may start, then sleeps.
  private func turn() {
    var started = 0
    while violations.isEmpty, started < DeliverySimulation.batch {
      let (wasOpen, limit) = (state.breaker.isOpen, state.limit.limit)
      let assignment = nextAssignment()
      books.expire(now: now, isOpen: state.breaker.isOpen, &log)
      guard let assignment else { break }
      start(assignment, wasOpen: wasOpen, limit: limit)
      started += 1
      check()
    }
    endFlushes()
    if started == DeliverySimulation.batch {
      (isParked, wakesAt) = (false, now)
      return
    }
    isParked = state.wantsWaking(now: now)
    let due = state.nextTime(now: now)
    let back = state.sleep(until: due ?? Int64.max, now: now)
    wakesAt = back == Int64.max ? nil : back
    check()
    if books.pending > 0 { expect(back <= now + SuspendedTime.longestSleepMilliseconds, "with events pending the sender sleeps \(back - now) ms") }
    guard books.pending > requests.count else { return }
    guard let due else { return expect(false, "\(books.pending - requests.count) events wait and nobody will look at them") }
    expect(due > now, "the sender spins: it would be woken at once, and there is nothing to do")
    let expiry = books.nextExpiry(isOpen: state.breaker.isOpen)
    expect(due <= expiry, "the sender sleeps past the time at which an event expires")
    rules.checkSleep(until: due, now: now, isQuiet: requests.isEmpty, &log)
  }

  /// What is to be sent next, once all that has expired is gone: the state ends only a batch at a time.
  private func nextAssignment() -> DeliveryState.Assignment? {
    while true {
      let before = state.statistics.expired
      if let assignment = state.next(now: now) { return assignment }
      if state.statistics.expired - before < UInt64(DeliveryState.batch) { return nil }
    }
  }

  private func endFlushes() {
    guard flushes.count > 0 else { return }
    flushes.removeAll { flush in
      let pending = state.pending(of: flush.number)
      let wanted = books.pending(before: flush.sequence)
      expect(pending == wanted, "a flush waits for \(pending) events; \(wanted) of its are pending")
      let isSatisfied = state.hasSatisfiedFlush
      expect(pending > 0 || isSatisfied, "a flush has nothing to wait for, and nobody would wake it")
      let isOver = pending == 0 || flush.deadline <= now
      if isOver { state.endFlush(flush.number) }
      return isOver
    }
    if flushes.isEmpty { state.isHurried = false }
  }

  private func start(_ assignment: DeliveryState.Assignment, wasOpen: Bool, limit: Int) {
    note("start \(assignment.event.sequence) as \(assignment.number)\(wasOpen ? ", a probe" : "")")
    expect(!requests.contains { $0.number == assignment.number }, "number \(assignment.number) is in flight already")
    books.start(assignment, now: now, isOpen: wasOpen, &log)
    rules.start(
      now: now, isProbe: wasOpen, probes: requests.count { $0.isProbe }, inFlight: requests.count, limit: limit, &log)
    var answer = server(now, &random)
    if answer.result.isSuccess, let refusal = poison[Int(assignment.event.sequence)] {
      answer = SimulatedAnswer(refusal, after: refusal.isSilent ? DeliverySimulation.requestTimeoutMilliseconds : answer.delay)
    }
    if events[Int(assignment.event.sequence)].requests <= repliesLost {
      answer = SimulatedAnswer(.noAnswer(), after: answer.delay, isRecorded: answer.isRecorded)
    }
    // An event's own time is never the end of its request.
    let longest = DeliverySimulation.requestTimeoutMilliseconds
    if answer.delay > longest { answer = SimulatedAnswer(.silence, after: longest, isRecorded: answer.isRecorded) }
    requests.append(
      RequestInFlight(
        number: assignment.number, sequence: Int(assignment.event.sequence), endsAt: now + answer.delay, answer: answer,
        isProbe: wasOpen, opening: rules.openings, suspendedBefore: books.suspended))
  }

  private func land(_ request: RequestInFlight) {
    let (wasOpen, limit) = (state.breaker.isOpen, state.limit.limit)
    let finished = state.finish(request.number, request.answer.result, OutcomeDetails(), now: now)
    note("finish \(request.sequence) \(request.answer.result.brief): \(finished.map { "\($0.verdict.subject)" } ?? "nothing")")
    expect(finished != nil, "the state does not know of request \(request.number)")
    let event = events[request.sequence]
    let fate = SimulatedFate(
      request.answer.result, isFirst: event.requests == 1, wasSuspended: books.suspended > request.suspendedBefore)
    let isItsOwn = fate == .again && event.passesBefore.map { books.passes > $0 } == true && !wasOpen
    books.finish(request.sequence, request.answer, fate, &log)
    rules.finish(
      request, fate, isItsOwn: isItsOwn, now: now, isHurried: state.isHurried,
      .init(wasOpen: wasOpen, isOpen: state.breaker.isOpen, limitBefore: limit, limitAfter: state.limit.limit), &log)
    check()
    let again = state.finish(request.number, request.answer.result, OutcomeDetails(), now: now)
    expect(again == nil, "a request ended twice")
  }

  // MARK: Checks

  private func check() {
    steps += 1
    books.compare(state.statistics, inFlight: requests.count, now: now, &log)
    let probes = requests.count { $0.isProbe }
    expect(state.breaker.probes == probes, "the breaker counts \(state.breaker.probes) probes; there are \(probes)")
  }

  /// Takes all reports that wait and compares them with the books. Returns how many there were.
  @discardableResult
  func checkReports() -> Int {
    let reports = state.takeReports()
    for report in reports { books.compare(report, now: now, &log) }
    return reports.count
  }

  /// Keeps all that happens, rather than the last of it.
  func trace() { log.isComplete = true }

  private func note(_ what: @autoclosure () -> String) { log.note(now, what()) }

  func expect(_ holds: Bool, _ what: @autoclosure () -> String) { log.expect(holds, now, what()) }
}
