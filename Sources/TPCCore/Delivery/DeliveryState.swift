// SPDX-License-Identifier: Apache-2.0

/// All decisions of delivery, as a value: it takes what happened and the time, and says what to do. It touches no thread, no
/// socket and no clock, so that a test can run years of outages in a moment. `Sender` carries its decisions out.
///
/// Every accepted event is in one of three places - waiting to be sent first, waiting for a retry, in flight - until it ends
/// once, by `end`, which is the only place that counts outcomes and makes reports. No step costs more than O(log n) for an
/// event, and no call ends more than `batch` events, since callers of `track` wait for the lock meanwhile.
struct DeliveryState: ~Copyable {
  let settings: DeliverySettings
  private(set) var statistics = Statistics()
  private(set) var reports: ReportQueue
  private(set) var breaker = CircuitBreaker()
  private(set) var limit: ConcurrencyLimit
  private var queue = EventQueue()
  /// Where the bytes of all pending events lie.
  private var bodies = BodyMemory()
  private var requests = RequestsInFlight()
  private var flushes = FlushMarks()
  private var order = StartOrder()
  private var budget = RetryBudget()
  /// Retries under way of events that got no answer before.
  private var silentRetries = 0
  private var suspended = SuspendedTime()
  private var random: Random
  private var accepted: UInt64 = 0
  /// Requests that showed that the endpoint works.
  private var passes: UInt64 = 0
  /// Somebody waits in a flush or a close: probes then come no further apart than `hurriedDelayMilliseconds`.
  var isHurried = false

  /// The endpoint's last failure, for the reports of events that end without an answer.
  private var lastFailure = LastFailure()

  /// While somebody waits for it, an outage is probed at least this often, in milliseconds.
  static let hurriedDelayMilliseconds: Int64 = 4_000
  /// The longest wait between probes of an endpoint that is not configured rightly, in milliseconds.
  static let misconfiguredDelayMilliseconds: Int64 = 60_000
  /// How long a retry waits for its place among those of events that got no answer, in milliseconds.
  private static let silentDelayMilliseconds: Int64 = 1_000
  /// As many events as one call ends at the most.
  static let batch = 64

  /// An event to be sent: `finish` is called with the number when its request has ended.
  struct Assignment: BitwiseCopyable {
    let number: Int
    let event: QueuedEvent
  }

  init(_ settings: DeliverySettings, random: Random) {
    self.settings = settings
    self.random = random
    reports = ReportQueue(capacity: settings.reportCapacity)
    limit = ConcurrencyLimit(
      maximum: min(settings.maximumConnections, settings.maximumInFlight), requestTimeoutMilliseconds: settings.requestTimeoutMilliseconds)
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
  mutating func accept(_ body: EventWorkspace, now: Int64) -> Status {
    let count = body.bytes.count
    guard hasRoom(for: count) else { return .queueFull }
    guard let memory = bodies.take(count) else { return .noMemory }
    suspended.wakes(now: now)
    guard queue.append(QueuedEvent(body, in: memory, sequence: accepted, acceptedAt: now - suspended.total)) else {
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
    while let event = queue.takeFresh() { end(event, .delivered, OutcomeDetails()) }
  }

  // MARK: Sending

  /// The next event to send now, if one may go.
  mutating func next(now: Int64) -> Assignment? {
    suspended.look(now: now)
    guard expire(now: now), breaker.permits(now: now, inFlight: inFlight, limit: limit.limit), queue.reserveRetries(inFlight + 1),
      requests.reserve(), var event = takeNext(now: now)
    else { return nil }
    if event.attempts > 0 { statistics.retries += 1 }
    if event.failures > 0 { budget.retried(now: now) }
    if event.isSilent { silentRetries += 1 }
    event.attempts &+= 1
    statistics.inFlight += 1
    let request = RequestInFlight(
      event: event, probe: breaker.started(), round: limit.round, startedAt: now, suspendedBefore: suspended.total)
    return Assignment(number: requests.add(request), event: event)
  }

  private mutating func takeNext(now: Int64) -> QueuedEvent? {
    let hasFresh = queue.freshCount > 0
    let turn =
      breaker.isOpen
      ? order.nextProbe(hasFresh: hasFresh, hasRetry: queue.nextRetry != nil)
      : order.next(breaker.mood, hasFresh: hasFresh, hasDue: hasDueRetry(now: now))
    switch turn {
    case .none: return nil
    case .oldest: return queue.takeFresh()
    case .newest: return queue.takeNewestFresh()
    case .nextRetry: return queue.takeRetry()
    case .oldestRetry: return queue.takeOldestRetry()
    }
  }

  /// Whether the first retry in the queue may go out now. Events that get no answer keep a request for the whole of its time: their
  /// retries get an eighth of the requests at once, and those beyond it wait for another second.
  private mutating func hasDueRetry(now: Int64) -> Bool {
    guard budget.nextTime <= now else { return false }
    for _ in 0..<DeliveryState.batch {
      guard let due = queue.nextRetry, due <= now else { return false }
      guard queue.isNextRetrySilent, silentRetries >= max(1, limit.limit / 8), var event = queue.takeRetry() else { return true }
      event.notBefore = now + DeliveryState.silentDelayMilliseconds
      wait(event)
    }
    return false
  }

  /// A request ended. Returns what it told; nil for a number that is free.
  @discardableResult
  mutating func finish(_ number: Int, _ result: RequestResult, _ words: OutcomeDetails, now: Int64) -> Verdict? {
    suspended.look(now: now)
    guard let request = land(number) else { return nil }
    var event = request.event
    event.httpStatus = Int32(truncatingIfNeeded: result.httpStatus)
    statistics.requests += 1
    let verdict = Verdict(result, history(request))
    if verdict.fate != .delivered { statistics.failedRequests += 1 }
    if result.isOdd && verdict.fate == .delivered { statistics.oddResponses += 1 }
    learn(verdict.subject, request, result, words, now)
    switch verdict.fate {
    case .delivered: end(event, .delivered, words)
    case .rejected: end(event, .rejected, words)
    case .retryAtOnce:
      event.notBefore = now
      event.passesBefore = passes
      // A request that told nothing does not count: an event that had no other keeps its place among the new ones.
      if event.failures > 0 || !queue.putBack(event, atFront: request.probe == nil) { wait(event) }
    case .retry:
      event.failures += 1
      event.passesBefore = passes
      event.isSilent = result.isSilent
      if let place = event.moveApart() { bodies.giveBack(place, Int(event.length)) }
      // Of a wrong configuration, too: a firewall may answer 403 to one event for its text.
      let delay = policy(for: verdict.subject).delay(failures: Int(event.failures), unit: random.unit())
      event.notBefore = max(now + delay, result.retryAfterMilliseconds.map { now + $0 } ?? 0)
      wait(event)
    }
    return verdict
  }

  private func history(_ request: RequestInFlight) -> Verdict.History {
    let event = request.event
    return Verdict.History(
      isFirstAttempt: event.attempts == 1,
      // While the circuit is open nobody passes.
      othersHavePassed: event.attempts > 1 && passes > event.passesBefore && !breaker.isOpen,
      wasSuspended: suspended.total > request.suspendedBefore)
  }

  /// Frees a number; nil when it was free.
  private mutating func land(_ number: Int) -> RequestInFlight? {
    guard let request = requests.remove(number) else { return nil }
    statistics.inFlight -= 1
    if request.event.isSilent { silentRetries -= 1 }
    breaker.ended(probe: request.probe)
    return request
  }

  /// What a request told about the endpoint, taken to heart.
  private mutating func learn(
    _ subject: Verdict.Subject, _ request: RequestInFlight, _ result: RequestResult, _ words: OutcomeDetails, _ now: Int64
  ) {
    switch subject {
    case .endpointWorks:
      passes += 1
      budget.passed()
      if breaker.isOpen { limit.restart() }
      breaker.succeeded()
      limit.succeeded(round: request.round, after: now - request.startedAt)
      lastFailure.forget()
    case .endpointFails, .endpointThrottles, .credential, .configuration:
      lastFailure.note(words)
      breaker.failed(
        subject, probe: request.probe, now: now, retryAt: result.retryAfterMilliseconds.map { now + $0 }, policy: policy(for: subject),
        unit: random.unit())
      limit.failed(round: request.round, isSilent: result.isSilent)
    case .event, .nothing: break
    }
  }

  private func policy(for subject: Verdict.Subject) -> RetryPolicy {
    if isHurried { return settings.retry.capped(at: DeliveryState.hurriedDelayMilliseconds) }
    guard subject == .credential || subject == .configuration else { return settings.retry }
    let longest = max(settings.retry.maximum, DeliveryState.misconfiguredDelayMilliseconds)
    return RetryPolicy(initial: settings.retry.initial, maximum: longest)
  }

  @inline(never)
  private mutating func wait(_ event: QueuedEvent) {
    // `next` reserved the place, so this cannot fail; were it to, the event is still accounted for.
    if !queue.retry(event) { end(event, .abandoned, OutcomeDetails()) }
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
    var time = nextExpiry ?? Int64.max
    if let allowed = breaker.nextTime, breaker.isOpen || inFlight < limit.limit {
      // A probe is sent with whatever waits.
      let retryAt = queue.nextRetry.map { max($0, budget.nextTime) } ?? Int64.max
      let due = queue.freshCount > 0 || breaker.isOpen ? now : retryAt
      time = min(time, max(allowed, due))
    }
    return time
  }

  /// The sender is about to sleep, and wants to be back at `time`. Returns when it has to be back: sooner while events are
  /// pending, so that a process that stands still is noticed. `Int64.max` for a sleep without an end.
  mutating func sleep(until time: Int64, now: Int64) -> Int64 {
    guard statistics.pending > 0 else {
      suspended.sleeps(until: nil)
      return time
    }
    let soonest = min(time, now + SuspendedTime.longestSleepMilliseconds)
    suspended.sleeps(until: soonest)
    return soonest
  }

  /// Whether an event that is accepted now changes what the sender waits for.
  func wantsWaking(now: Int64) -> Bool {
    queue.freshCount == 0 || breaker.permits(now: now, inFlight: inFlight, limit: limit.limit)
  }

  /// When the next event expires. While requests flow, an event gets one before it expires: those that have not been sent wait
  /// for their turn.
  private var nextExpiry: Int64? {
    var oldest = queue.oldestRetry
    if breaker.isOpen, let fresh = queue.oldestFresh?.acceptedAt { oldest = min(oldest ?? Int64.max, fresh) }
    return oldest.map { $0 + settings.deliveryTimeoutMilliseconds + suspended.total }
  }

  /// Ends what has expired; what is beyond a batch, in the next call: `false` then.
  private mutating func expire(now: Int64) -> Bool {
    let latest = now - suspended.total - settings.deliveryTimeoutMilliseconds
    for _ in 0..<DeliveryState.batch {
      if let oldest = queue.oldestRetry, oldest <= latest, let event = queue.takeOldestRetry() {
        end(event, .expired, OutcomeDetails())
      } else if breaker.isOpen, let fresh = queue.oldestFresh, fresh.acceptedAt <= latest, let event = queue.takeFresh() {
        end(event, .expired, OutcomeDetails())
      } else {
        return true
      }
    }
    return nextExpiry.map { $0 > now } ?? true
  }

  // MARK: Flush and close

  /// Everything that waits is due at once, though never before a time that the server named.
  mutating func hurry(now: Int64) {
    breaker.hurry(now: now)
    queue.hurry()
  }

  /// A flush begins: it waits for what is pending now. Returns its number; nil when memory ran out.
  mutating func beginFlush() -> UInt64? { flushes.add(sequence: accepted, pending: Int(statistics.pending)) }

  /// How many events a flush still waits for.
  func pending(of flush: UInt64) -> Int { flushes.pending(of: flush) }

  mutating func endFlush(_ flush: UInt64) { flushes.remove(flush) }

  /// Whether one of those that wait in a flush or a close has nothing more to wait for.
  var hasSatisfiedFlush: Bool { statistics.pending == 0 || flushes.hasSatisfied }

  /// The time is up: everything pending ends as abandoned. Requests in flight have been aborted. Ends a batch of them; `false`
  /// when there are more.
  mutating func abandon() -> Bool {
    for _ in 0..<DeliveryState.batch {
      if let number = requests.first, let request = land(number) {
        end(request.event, .abandoned, OutcomeDetails())
      } else if let event = queue.takeFresh() ?? queue.takeOldestRetry() {
        end(event, .abandoned, OutcomeDetails())
      } else {
        return true
      }
    }
    return statistics.pending == 0
  }

  mutating func takeReport() -> UnsafeMutablePointer<Report>? { reports.take() }

  /// The one place where an event ends.
  @inline(never)
  private mutating func end(_ event: QueuedEvent, _ outcome: Outcome, _ words: OutcomeDetails) {
    statistics.count(outcome)
    statistics.pending -= 1
    statistics.queueBytes -= UInt64(event.length)
    flushes.end(event.sequence)
    if reports.isKept {
      let said = !words.isEmpty ? words : lastFailure.isNoted ? lastFailure.words : OutcomeDetails(outcome)
      statistics.reportsDropped += reports.append(event, outcome, outcome == .delivered ? words : said)
    }
    if event.isApart { event.freeIfApart() } else { bodies.giveBack(event.body, Int(event.length)) }
  }
}
