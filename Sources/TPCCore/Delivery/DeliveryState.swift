// SPDX-License-Identifier: Apache-2.0

/// All decisions of delivery, as a value: it takes what happened and the time, and says what to do. It touches no thread, no
/// socket and no clock, so that a test can run years of outages in a moment. `Sender` carries its decisions out.
///
/// Every accepted event is in one of three places - waiting to be sent first, waiting for a retry, in flight - until it ends
/// once, by `end`, which is the only place that counts outcomes and makes reports.
struct DeliveryState: ~Copyable {
  let settings: DeliverySettings
  private(set) var statistics = Statistics()
  private(set) var reports: ReportQueue
  private(set) var breaker = CircuitBreaker()
  private(set) var limit: ConcurrencyLimit
  private var queue = EventQueue()
  /// Where the bytes of all pending events lie.
  private var bodies = BodyMemory()
  /// The events in flight, each at the number that `next` gave it.
  private var flights = List<Flight>()
  private var random: Random
  private var accepted: UInt64 = 0
  /// No retry that waits is older than this; expiry looks at them only when it may find something.
  private var oldestRetry = Int64.max
  /// Somebody waits in a flush or a close: probes then come no further apart than `hurriedDelay`.
  var isHurried = false

  /// The endpoint's last failure, for the reports of events that end without an answer.
  private var lastTrouble = Trouble()

  /// While somebody waits for it, an outage is probed at least this often, in milliseconds.
  static let hurriedDelay: Int64 = 4_000
  /// The longest wait between probes of an endpoint that is not configured rightly.
  static let misconfiguredDelay: Int64 = 60_000

  private struct Flight: BitwiseCopyable {
    /// Nil while the number is free.
    var event: QueuedEvent?
    /// The breaker's number for it when it is a probe.
    var probe: UInt32?
  }

  /// An event to be sent: `finish` is called with the number when its request has ended.
  struct Assignment: BitwiseCopyable {
    let number: Int
    let event: QueuedEvent
    /// When the event expires.
    let deadline: Int64
  }

  init(_ settings: DeliverySettings, random: Random) {
    self.settings = settings
    self.random = random
    reports = ReportQueue(capacity: settings.reportCapacity)
    limit = ConcurrencyLimit(maximum: min(settings.maximumConnections, settings.maximumInFlight))
  }

  /// Random bits for an event id.
  mutating func randomBits() -> (UInt64, UInt64) { (random.next(), random.next()) }

  var inFlight: Int { Int(statistics.inFlight) }

  // MARK: Taking events

  /// Whether an event of this size has a place.
  @inline(__always)
  func hasRoom(for bytes: Int) -> Bool {
    statistics.pending < UInt64(settings.maximumEvents)
      && UInt64(bytes) + statistics.queueBytes <= UInt64(settings.maximumBytes)
  }

  /// Takes a copy of the event's bytes.
  mutating func accept(_ body: EventBody, now: Int64) -> Status {
    let count = body.bytes.count
    guard hasRoom(for: count) else { return .queueFull }
    guard let memory = bodies.take(count) else { return .noMemory }
    guard queue.append(QueuedEvent(body, in: memory, sequence: accepted, acceptedAt: now)) else {
      bodies.giveBack(memory, count)
      return .noMemory
    }
    accepted += 1
    statistics.accepted += 1
    statistics.pending += 1
    statistics.queueBytes += UInt64(count)
    return .ok
  }

  mutating func countRefused(_ status: Status) { statistics.countRefused(status) }

  mutating func countSampledOut() { statistics.sampledOut += 1 }

  mutating func countDisabled() { statistics.disabled += 1 }

  mutating func countLeftOut() { statistics.leftOut += 1 }

  /// What `dry_run` does with an event: everything but the network.
  mutating func deliverDry() {
    while let event = queue.takeFresh() { end(event, .delivered, ServerWords()) }
  }

  // MARK: Sending

  /// The next event to send now, if one may go.
  mutating func next(now: Int64) -> Assignment? {
    expire(now: now)
    guard breaker.permits(now: now, inFlight: inFlight, limit: limit.limit), queue.reserveRetries(inFlight + 1),
      let number = freeNumber()
    else { return nil }
    guard var event = takeNext(now: now) else { return nil }
    if event.attempts > 0 { statistics.retries += 1 }
    event.attempts &+= 1
    statistics.inFlight += 1
    flights.replace(number, with: Flight(event: event, probe: breaker.started()))
    return Assignment(number: number, event: event, deadline: event.acceptedAt + settings.deliveryTimeout)
  }

  /// What is due again goes before what is new. A probe asks with what is new first: that an event failed before may be its own
  /// fault, and a few of these would keep the circuit open for all.
  private mutating func takeNext(now: Int64) -> QueuedEvent? {
    if breaker.isOpen, let fresh = queue.takeFresh() { return fresh }
    if let due = queue.nextRetry, due.notBefore <= now { return queue.takeRetry() }
    return queue.takeFresh()
  }

  private mutating func freeNumber() -> Int? {
    for number in 0..<flights.count {
      if let flight = flights[number], flight.event == nil { return number }
    }
    return flights.append(Flight()) ? flights.count - 1 : nil
  }

  /// A request ended. Returns what followed for its event; nil for a number that is free.
  @discardableResult
  mutating func finish(_ number: Int, _ result: RequestResult, _ words: ServerWords, now: Int64) -> Classification? {
    guard let (landed, probe) = land(number) else { return nil }
    var event = landed
    event.httpStatus = Int32(truncatingIfNeeded: result.httpStatus)
    statistics.requests += 1
    let classification = Classification(result, isFirstAttempt: event.attempts == 1)
    if classification != .delivered { statistics.failedRequests += 1 }
    switch classification {
    case .delivered:
      if result.isOdd { statistics.oddResponses += 1 }
      succeed()
      end(event, .delivered, words)
    case .rejected:
      // The verdict on the event is one thing; a server that asks for less is left alone all the same.
      if result.asksForLess { fail(&event, probe, .throttled, result, now) } else { succeed() }
      end(event, .rejected, words)
    case .retryNow:
      event.notBefore = now
      wait(event)
    case .retry(let trouble):
      lastTrouble.note(words)
      fail(&event, probe, trouble, result, now)
      wait(event)
    }
    return classification
  }

  /// Frees a number; nil when it was free.
  private mutating func land(_ number: Int) -> (event: QueuedEvent, probe: UInt32?)? {
    guard let flight = flights[number], let event = flight.event else { return nil }
    flights.replace(number, with: Flight())
    statistics.inFlight -= 1
    breaker.ended(probe: flight.probe)
    return (event, flight.probe)
  }

  private mutating func succeed() {
    if breaker.isOpen { limit.restart() }
    breaker.succeeded()
    limit.succeeded()
    lastTrouble.forget()
  }

  private mutating func fail(
    _ event: inout QueuedEvent, _ probe: UInt32?, _ trouble: CircuitBreaker.Trouble, _ result: RequestResult, _ now: Int64
  ) {
    let retryAt = result.retryAfter.map { now + $0 }
    breaker.failed(
      trouble, probe: probe, now: now, retryAt: retryAt, policy: policy(for: trouble), unit: random.unit())
    limit.failed()
    event.failures += 1
    // Of a wrong configuration, too: a firewall may answer 403 to one event for its text.
    let delay = policy(for: trouble).delay(failures: Int(event.failures), unit: random.unit())
    event.notBefore = max(now + delay, retryAt ?? 0)
  }

  private func policy(for trouble: CircuitBreaker.Trouble) -> RetryPolicy {
    if isHurried { return settings.retry.capped(at: DeliveryState.hurriedDelay) }
    guard trouble == .misconfigured else { return settings.retry }
    let longest = max(settings.retry.maximum, DeliveryState.misconfiguredDelay)
    return RetryPolicy(initial: settings.retry.initial, maximum: longest)
  }

  private mutating func wait(_ event: QueuedEvent) {
    // `next` reserved the place, so this cannot fail; were it to, the event is still accounted for.
    guard queue.retry(event) else { return end(event, .abandoned, ServerWords()) }
    oldestRetry = min(oldestRetry, event.acceptedAt)
  }

  /// The first answer of a connection tells what it can carry.
  mutating func connectionIs(multiplexed: Bool) {
    let maximum = multiplexed ? settings.maximumInFlight : min(settings.maximumConnections, settings.maximumInFlight)
    if limit.maximum != maximum { limit.maximum = maximum }
  }

  // MARK: Time

  /// When to look again: a retry or a probe is due, or an event expires. Nil when nothing waits.
  func nextTime(now: Int64) -> Int64? {
    guard queue.count > 0 else { return nil }
    var time = Int64.max
    if let event = queue.oldestFresh { time = event.acceptedAt + settings.deliveryTimeout }
    if oldestRetry != Int64.max { time = min(time, oldestRetry + settings.deliveryTimeout) }
    if let allowed = breaker.nextTime, breaker.isOpen || inFlight < limit.limit {
      let due = queue.freshCount > 0 ? now : queue.nextRetry?.notBefore ?? Int64.max
      time = min(time, max(allowed, due))
    }
    return time
  }

  /// Whether an event that is accepted now changes what the sender waits for.
  func wantsWaking(now: Int64) -> Bool {
    queue.freshCount == 0 || breaker.permits(now: now, inFlight: inFlight, limit: limit.limit)
  }

  private mutating func expire(now: Int64) {
    let limit = now - settings.deliveryTimeout
    while let event = queue.oldestFresh, event.acceptedAt <= limit, let expired = queue.takeFresh() {
      end(expired, .expired, ServerWords())
    }
    guard oldestRetry <= limit else { return }
    while let expired = queue.takeRetry(acceptedBy: limit) { end(expired, .expired, ServerWords()) }
    oldestRetry = queue.oldestRetry() ?? Int64.max
  }

  // MARK: Flush and close

  /// Everything that waits is due at once, though never before a time that the server named.
  mutating func hurry(now: Int64) {
    breaker.hurry(now: now)
    queue.hurry(now: now, limit: breaker.notBefore)
  }

  /// The sequence that the next event gets: a flush waits for those before it.
  var nextSequence: UInt64 { accepted }

  /// How many events are pending that were accepted before `sequence`.
  func pending(before sequence: UInt64) -> Int {
    if statistics.pending == 0 { return 0 }
    if sequence >= accepted { return Int(statistics.pending) }
    return queue.count(before: sequence) + flightCount(before: sequence)
  }

  private func flightCount(before sequence: UInt64) -> Int {
    var count = 0
    for number in 0..<flights.count {
      if let event = flights[number]?.event, event.sequence < sequence { count += 1 }
    }
    return count
  }

  /// The time is up: everything pending ends as abandoned. Requests in flight have been aborted.
  mutating func abandonAll() {
    for number in 0..<flights.count {
      if let landed = land(number) { end(landed.event, .abandoned, ServerWords()) }
    }
    while let event = queue.takeFresh() { end(event, .abandoned, ServerWords()) }
    while let event = queue.takeRetry() { end(event, .abandoned, ServerWords()) }
  }

  mutating func takeReport() -> UnsafeMutablePointer<Report>? { reports.take() }

  /// The one place where an event ends.
  @inline(never)
  private mutating func end(_ event: QueuedEvent, _ outcome: Outcome, _ words: ServerWords) {
    statistics.count(outcome)
    statistics.pending -= 1
    statistics.queueBytes -= UInt64(event.length)
    if reports.isKept {
      let said = !words.isEmpty ? words : lastTrouble.isNoted ? lastTrouble.words : ServerWords(outcome)
      statistics.reportsDropped += reports.append(event, outcome, outcome == .delivered ? words : said)
    }
    bodies.giveBack(event.body, Int(event.length))
  }
}
