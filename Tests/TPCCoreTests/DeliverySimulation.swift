// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// What a simulated server does with one request, and how long it takes.
struct SimulatedAnswer {
  var result: RequestResult
  var delay: Int64

  init(_ result: RequestResult, after delay: Int64) {
    self.result = result
    self.delay = delay
  }
}

/// A whole life of delivery with a clock and a network that are values: the sender's loop around `DeliveryState`, a server that
/// answers as it is told, and books of its own about every event, which are compared with the state's after each step.
///
/// The sender sleeps as the real one does: until `nextTime`, an answer, or a new event that `wantsWaking` asked for. So an event
/// that the state would forget to look at waits for ever here, too.
final class DeliverySimulation {
  typealias Server = (_ now: Int64, _ random: inout Random) -> SimulatedAnswer

  struct Event {
    let bytes: Int
    let acceptedAt: Int64
    var isInFlight = false
    var requests = 0
    /// By the books here: from the classification of its last answer, or from the clock.
    var outcome: Outcome?
    /// By its report.
    var reported: Outcome?
  }

  struct Flight {
    let number: Int
    let sequence: Int
    let endsAt: Int64
    let result: RequestResult
    /// It started while the circuit was open.
    let isProbe: Bool
  }

  static let requestTimeout: Int64 = 10_000

  let settings: DeliverySettings
  var state: DeliveryState
  var server: Server
  private(set) var now: Int64
  private(set) var events: [Event] = []
  private(set) var flights: [Flight] = []
  /// What broke, in words; the first one is what matters.
  private(set) var violations: [String] = []
  /// The last things that happened, for whoever has to find out why.
  private(set) var trace: [String] = []
  /// A hash of all that happened.
  private(set) var fingerprint: UInt64 = 0
  private(set) var isClosed = false

  private var random: Random
  private var isParked = true
  private var wakesAt: Int64?
  private var firstPending = 0
  private var pending = 0
  private var pendingBytes = 0
  private var counted = Statistics()
  /// No request may start before it: the latest time that the server named.
  private var serverTime: Int64 = 0

  init(_ settings: DeliverySettings, seed: UInt64, start: Int64 = 1_000_000, server: @escaping Server) {
    self.settings = settings
    self.server = server
    now = start
    var random = Random(seed: seed)
    state = DeliveryState(settings, random: Random(seed: random.next()))
    self.random = random
  }

  // MARK: What the host does

  /// Tracks one event; the refusal of a full queue is expected exactly when a bound would be passed.
  func track(bytes: Int = 100) {
    let status = state.take("\(events.count)", length: bytes, now: now)
    let hasRoom = pending < settings.maximumEvents && pendingBytes + bytes <= settings.maximumBytes
    expect(status == (hasRoom ? .ok : .queueFull), "an event of \(bytes) bytes beside \(pending) came to \(status)")
    guard status == .ok else {
      state.countRefused(status)
      counted.refusedQueueFull += 1
      return
    }
    note("track \(events.count)")
    events.append(Event(bytes: bytes, acceptedAt: now))
    pending += 1
    pendingBytes += bytes
    counted.accepted += 1
    check()
    if isParked {
      turn()
    } else if let due = state.nextTime(now: now) {
      expect(wakesAt.map { $0 <= due } == true, "the sender sleeps past \(due - now) ms, when the new event is due")
    }
  }

  /// A flush begins; it goes on until `endFlush`.
  func beginFlush() {
    note("flush")
    state.isHurried = true
    state.hurry(now: now)
    let (isOpen, isProbing, waiting) = (state.breaker.isOpen, state.breaker.probes > 0, pending - flights.count)
    turn()
    if waiting > 0, isOpen, !isProbing, now >= serverTime {
      expect(flights.contains { $0.isProbe }, "a flush sent no probe though the server named no later time")
    }
  }

  func endFlush() { state.isHurried = false }

  /// The host closes and does not wait: everything pending ends as abandoned.
  func close() {
    note("close")
    isClosed = true
    flights = []
    for sequence in events.indices where events[sequence].outcome == nil { end(sequence, .abandoned) }
    state.abandonAll()
    check()
    expect(state.nextTime(now: now) == nil, "something waits after close")
  }

  /// Lets the time pass, with all that falls due in it.
  func advance(by duration: Int64) {
    let until = now + duration
    while let due = nextDue, due <= until, violations.isEmpty { step(to: due) }
    now = max(now, until)
  }

  /// Runs until nothing is pending, or for as long as `limit`; returns whether nothing is.
  func drain(limit: Int64) -> Bool {
    let until = now + limit
    while pending > 0, violations.isEmpty {
      guard let due = nextDue, due <= until else { return false }
      step(to: due)
    }
    return pending == 0
  }

  // MARK: The sender's loop

  private var nextDue: Int64? {
    var due = wakesAt
    for flight in flights { due = min(due ?? Int64.max, flight.endsAt) }
    return due.map { max(now, $0) }
  }

  private func step(to time: Int64) {
    now = time
    while let index = flights.firstIndex(where: { $0.endsAt <= now }) { land(flights.remove(at: index)) }
    turn()
  }

  /// Starts what may start, then sleeps.
  private func turn() {
    while violations.isEmpty {
      let (wasOpen, limit) = (state.breaker.isOpen, state.limit.limit)
      let assignment = state.next(now: now)
      expireInBooks()
      guard let assignment else { break }
      start(assignment, wasOpen: wasOpen, limit: limit)
      check()
    }
    isParked = state.wantsWaking(now: now)
    wakesAt = state.nextTime(now: now)
    check()
    if pending > flights.count {
      expect(wakesAt != nil, "\(pending - flights.count) events wait and nobody will look at them")
      if let wakesAt { expect(wakesAt > now, "the sender spins: it would be woken at once, and there is nothing to do") }
    }
  }

  private func start(_ assignment: DeliveryState.Assignment, wasOpen: Bool, limit: Int) {
    let sequence = Int(assignment.event.sequence)
    note("start \(sequence)")
    guard events.indices.contains(sequence) else { return expect(false, "event \(sequence) was never accepted") }
    let event = events[sequence]
    expect(event.outcome == nil, "event \(sequence) is sent after its end as \(String(describing: event.outcome))")
    expect(!event.isInFlight, "event \(sequence) is sent twice at once")
    expect(now >= serverTime, "event \(sequence) is sent \(serverTime - now) ms before the time that the server named")
    expect(assignment.deadline == event.acceptedAt + settings.deliveryTimeout && assignment.deadline > now, "its time was up")
    expect(string(assignment.event.escapedID) == "\(sequence)" && assignment.event.bytes.count == event.bytes, "its bytes changed")
    expect(Int(assignment.event.attempts) == event.requests + 1, "it counts \(assignment.event.attempts) requests")
    expect(!flights.contains { $0.number == assignment.number }, "number \(assignment.number) is in flight already")
    if wasOpen {
      expect(!flights.contains { $0.isProbe }, "a second probe goes out while the circuit is open")
    } else {
      expect(flights.count < limit, "\(flights.count + 1) requests are in flight; the limit is \(limit)")
    }
    expect(flights.count < settings.maximumInFlight, "more than max_in_flight requests are in flight")
    if event.requests > 0 { counted.retries += 1 }
    events[sequence].requests += 1
    events[sequence].isInFlight = true
    var answer = server(now, &random)
    let longest = min(DeliverySimulation.requestTimeout, assignment.deadline - now)
    if answer.delay > longest { answer = SimulatedAnswer(.noAnswer(), after: longest) }
    flights.append(
      Flight(
        number: assignment.number, sequence: sequence, endsAt: now + answer.delay, result: answer.result, isProbe: wasOpen))
  }

  private func land(_ flight: Flight) {
    events[flight.sequence].isInFlight = false
    counted.requests += 1
    let classification = state.finish(flight.number, flight.result, ServerWords(), now: now)
    note("finish \(flight.sequence) \(flight.result.httpStatus)")
    switch classification {
    case .delivered:
      if flight.result.isOdd { counted.oddResponses += 1 }
      end(flight.sequence, .delivered)
    case .rejected: end(flight.sequence, .rejected)
    case .retry, .retryNow: break
    case nil: expect(false, "the state does not know of request \(flight.number)")
    }
    if classification != .delivered {
      counted.failedRequests += 1
      if let delay = flight.result.retryAfter { serverTime = max(serverTime, now + delay) }
    }
    check()
    let again = state.finish(flight.number, flight.result, ServerWords(), now: now)
    expect(again == nil, "a request ended twice")
  }

  // MARK: The books

  private func expireInBooks() {
    while firstPending < events.count, events[firstPending].outcome != nil { firstPending += 1 }
    var sequence = firstPending
    // Events are accepted in the order of their times.
    while sequence < events.count, events[sequence].acceptedAt + settings.deliveryTimeout <= now {
      if events[sequence].outcome == nil, !events[sequence].isInFlight { end(sequence, .expired) }
      sequence += 1
    }
  }

  private func end(_ sequence: Int, _ outcome: Outcome) {
    expect(events[sequence].outcome == nil, "event \(sequence) ended twice")
    events[sequence].outcome = outcome
    counted.count(outcome)
    pending -= 1
    pendingBytes -= events[sequence].bytes
  }

  /// Compares the state's numbers with the books, and every report with the event that it speaks of.
  private func check() {
    let found = state.statistics
    expect(found.isBalanced, "the counters do not balance: \(found)")
    counted.pending = UInt64(pending)
    counted.queueBytes = UInt64(pendingBytes)
    counted.inFlight = UInt64(flights.count)
    counted.reportsDropped = found.reportsDropped
    expect(found == counted, "the counters say \(found); the books say \(counted)")
    expect(pending <= settings.maximumEvents && pendingBytes <= settings.maximumBytes, "a bound of the queue was passed")
    let probes = flights.count { $0.isProbe }
    expect(state.breaker.probes == probes, "the breaker counts \(state.breaker.probes) probes; there are \(probes)")
  }

  /// Takes all reports that wait and compares them with the books. Returns how many there were.
  @discardableResult
  func checkReports() -> Int {
    var count = 0
    for report in state.takeReports() {
      count += 1
      guard let sequence = Int(report.id), events.indices.contains(sequence) else {
        expect(false, "a report speaks of an unknown event")
        continue
      }
      expect(events[sequence].reported == nil, "event \(sequence) has two reports")
      events[sequence].reported = report.outcome
      expect(report.outcome == events[sequence].outcome, "event \(sequence) is reported as \(report.outcome)")
      expect(Int(report.attempts) == events[sequence].requests, "its report counts \(report.attempts) requests")
    }
    return count
  }

  /// How many of the events accepted before `sequence` a flush would still wait for.
  func checkPending(before sequence: UInt64) {
    let wanted = events.prefix(Int(sequence)).count { $0.outcome == nil }
    let found = state.pending(before: sequence)
    expect(found == wanted, "\(found) events are said to be pending before \(sequence); there are \(wanted)")
  }

  private func note(_ what: @autoclosure () -> String) {
    let line = "\(now) \(what())"
    fingerprint = line.utf8.reduce(fingerprint) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    trace.append(line)
    if trace.count > 60 { trace.removeFirst(30) }
  }

  func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { violations.append("at \(now): \(what())") }
  }
}
