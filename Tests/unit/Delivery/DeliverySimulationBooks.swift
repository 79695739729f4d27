// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// The ledger of a simulated life: what became of every event, kept from what the host did, what the server said and the clock.
struct DeliveryBooks {
  /// The longest tick of the clock that dates events, in milliseconds.
  static let coarsestTick: Int64 = 10

  struct Event {
    let bytes: Int
    /// In the time in which the process ran.
    let acceptedAt: Int64
    var isInFlight = false
    var requests = 0
    /// Of the bytes that its first request carried.
    var hash: UInt64 = 0
    var lastStatus = 0
    /// How many requests had shown a working endpoint when it failed last.
    var passesBefore: Int?
    /// It has had a request that said something about it.
    var isTried = false
    /// The server took it, whether or not its answer came back.
    var isRecorded = false
    /// By the books: from its last answer, or from the clock.
    var outcome: Outcome?
    /// By its report.
    var reported: Outcome?
  }

  private let settings: DeliverySettings
  private(set) var events: [Event] = []
  private(set) var pending = 0
  private var pendingBytes = 0
  private var firstPending = 0
  private var counted = Statistics()
  /// For how long the process stood still.
  private(set) var suspended: Int64 = 0
  /// Requests that showed that the endpoint works.
  private(set) var passes = 0
  /// Every event that the server rejected though it had taken it before: its first answer was lost.
  private(set) var lostReplies = 0

  init(_ settings: DeliverySettings) { self.settings = settings }

  func hasRoom(for bytes: Int) -> Bool {
    pending < settings.maximumEvents && pendingBytes + bytes <= settings.maximumBytes
  }

  mutating func freeze(_ duration: Int64) { suspended += duration }

  mutating func refuse() { counted.refusedQueueFull += 1 }

  mutating func accept(bytes: Int, at time: Int64) {
    events.append(Event(bytes: bytes, acceptedAt: time - suspended))
    pending += 1
    pendingBytes += bytes
    counted.accepted += 1
  }

  mutating func start(
    _ assignment: DeliveryState.Assignment, now: Int64, isOpen: Bool, _ log: inout SimulationLog
  ) {
    let sequence = Int(assignment.event.sequence)
    guard events.indices.contains(sequence) else { return log.expect(false, now, "event \(sequence) was never accepted") }
    let (event, bytes) = (events[sequence], assignment.event.bytes)
    log.expect(event.outcome == nil, now, "event \(sequence) is sent after its end as \(String(describing: event.outcome))")
    log.expect(!event.isInFlight, now, "event \(sequence) is sent twice at once")
    let isInTime = now < expiry(event) || !event.isTried && !isOpen
    log.expect(isInTime, now, "event \(sequence) is sent though its time was up")
    log.expect(string(assignment.event.escapedID) == "\(sequence)" && bytes.count == event.bytes, now, "its bytes changed")
    log.expect(Int(assignment.event.attempts) == event.requests + 1, now, "it counts \(assignment.event.attempts) requests")
    let hash = Hash.of(bytes)
    if event.requests == 0 { events[sequence].hash = hash } else { counted.retries += 1 }
    log.expect(events[sequence].hash == hash, now, "a retry of event \(sequence) carries other bytes")
    events[sequence].requests += 1
    events[sequence].isInFlight = true
  }

  mutating func finish(
    _ sequence: Int, _ answer: SimulatedAnswer, _ fate: SimulatedFate, _ log: inout SimulationLog
  ) {
    events[sequence].isInFlight = false
    events[sequence].lastStatus = answer.result.httpStatus
    if answer.isRecorded && !answer.result.isSuccess { lostReplies += 1 }
    events[sequence].isRecorded = events[sequence].isRecorded || answer.isRecorded
    counted.requests += 1
    if fate != .delivered { counted.failedRequests += 1 }
    switch fate {
    case .delivered:
      if answer.result.isOdd { counted.oddResponses += 1 }
      end(sequence, .delivered, &log)
      log.expect(events[sequence].isRecorded, 0, "event \(sequence) is delivered and the server never took it")
    case .rejected: end(sequence, .rejected, &log)
    case .again:
      events[sequence].passesBefore = passes
      events[sequence].isTried = true
    case .againAtOnce:
      events[sequence].passesBefore = passes
      // It returns to the new events only as the oldest of them.
      if events[firstPending..<sequence].contains(where: { $0.outcome == nil && !$0.isInFlight && !$0.isTried }) {
        events[sequence].isTried = true
      }
    }
    if fate == .delivered || fate == .rejected && !answer.result.asksForLess { passes += 1 }
  }

  /// Events that wait end at their time, though those that were never sent only while the circuit is open; those in flight end
  /// as their answers say.
  mutating func expire(now: Int64, isOpen: Bool, _ log: inout SimulationLog) {
    while firstPending < events.count, events[firstPending].outcome != nil { firstPending += 1 }
    var sequence = firstPending
    // Events are accepted in the order of their times, but for a tick of the clock that dates them: a pause is measured by a finer one.
    while sequence < events.count, expiry(events[sequence]) <= now + DeliveryBooks.coarsestTick {
      if expiry(events[sequence]) <= now, mayExpire(events[sequence], isOpen) { end(sequence, .expired, &log) }
      sequence += 1
    }
  }

  private func mayExpire(_ event: Event, _ isOpen: Bool) -> Bool {
    event.outcome == nil && !event.isInFlight && (isOpen || event.isTried)
  }

  private func expiry(_ event: Event) -> Int64 { event.acceptedAt + settings.deliveryTimeoutMilliseconds + suspended }

  /// When the next of the waiting events expires.
  func nextExpiry(isOpen: Bool) -> Int64 {
    events[firstPending...].first { mayExpire($0, isOpen) }.map { expiry($0) } ?? Int64.max
  }

  mutating func abandonAll(_ log: inout SimulationLog) {
    for sequence in events.indices where events[sequence].outcome == nil { end(sequence, .abandoned, &log) }
  }

  private mutating func end(_ sequence: Int, _ outcome: Outcome, _ log: inout SimulationLog) {
    log.expect(events[sequence].outcome == nil, 0, "event \(sequence) ended twice")
    events[sequence].outcome = outcome
    counted.count(outcome)
    pending -= 1
    pendingBytes -= events[sequence].bytes
  }

  func pending(before sequence: UInt64) -> Int { events.prefix(Int(sequence)).count { $0.outcome == nil } }

  // MARK: Comparisons

  /// The state's counters against the books'.
  mutating func compare(_ found: Statistics, inFlight: Int, now: Int64, _ log: inout SimulationLog) {
    log.expect(found.isBalanced, now, "the counters do not balance: \(found)")
    counted.pending = UInt64(pending)
    counted.queueBytes = UInt64(pendingBytes)
    counted.inFlight = UInt64(inFlight)
    counted.reportsDropped = found.reportsDropped
    log.expect(found == counted, now, "the counters say \(found); the books say \(counted)")
    let isBounded = pending <= settings.maximumEvents && pendingBytes <= settings.maximumBytes
    log.expect(isBounded, now, "a bound of the queue was passed")
  }

  /// One report against the event that it speaks of.
  mutating func compare(
    _ report: (id: String, outcome: Outcome, status: Int32, attempts: UInt32), now: Int64, _ log: inout SimulationLog
  ) {
    guard let sequence = Int(report.id), events.indices.contains(sequence) else {
      return log.expect(false, now, "a report speaks of an unknown event")
    }
    let event = events[sequence]
    log.expect(event.reported == nil, now, "event \(sequence) has two reports")
    events[sequence].reported = report.outcome
    log.expect(report.outcome == event.outcome, now, "event \(sequence) is reported as \(report.outcome)")
    log.expect(Int(report.attempts) == event.requests, now, "its report counts \(report.attempts) requests")
    log.expect(Int(report.status) == event.lastStatus, now, "its report says status \(report.status)")
  }
}
