// SPDX-License-Identifier: Apache-2.0

/// All decisions of delivery, as a value: it is given events and the time, and returns what to do. It touches no
/// thread, socket or clock, so a test can run years of outages in a moment. The sender (`Delivery.run`) carries out its
/// decisions.
///
/// Every accepted event is in one of three states - waiting to be sent, waiting for a retry, in flight - until it ends,
/// once, in `end`, which is the only place that counts outcomes and makes reports. No step costs more than O(log n) per
/// event, and no call ends more than `batch` events, because callers of `track` wait for the lock during the call.
struct DeliveryState: ~Copyable {
  var settings: DeliverySettings
  var statistics = Statistics()
  var reports: ReportQueue
  private(set) var breaker = CircuitBreaker()
  private(set) var limit: ConcurrencyLimit
  var queue = EventQueue()
  /// The memory for the bytes of all pending events.
  var bodies = BodyMemory()
  var requests = RequestsInFlight()
  private var flushes = FlushMarks()
  private var order = StartOrder()
  private var budget = RetryBudget()
  /// Retries in flight of events whose last request got no answer.
  private var silentRetries = 0
  var suspended = SuspendedTime()
  var spooled = SpooledEvents()
  private var random: Random
  var accepted: UInt64 = 0
  /// The number of requests that showed that the endpoint works.
  private var passes: UInt64 = 0
  /// Whether a flush or a close is waiting: probes then come at least every `hurriedDelayMilliseconds`.
  var isHurried = false

  /// Until when the sender looks for new events by itself: it has just started a request, and waking it for each one costs the
  /// threads that track more than the event.
  private var looksUntil: Int64 = 0

  /// The endpoint's last failure, for reports of events that end without an answer.
  var lastFailure = LastFailure()

  /// The longest wait between probes while a flush or a close is waiting.
  static let hurriedDelayMilliseconds: Int64 = 4_000
  /// The longest wait between probes while the configuration is wrong.
  static let misconfiguredDelayMilliseconds: Int64 = 60_000
  /// How long a retry of an event that got no answer waits when too many of those are in flight.
  private static let silentDelayMilliseconds: Int64 = 1_000
  /// How long the sender looks for new events by itself; for so long, an event may wait for it.
  static let lookMilliseconds: Int64 = 1
  /// The most events that one call ends.
  static let batch = 64

  /// An event to be sent. When its request has ended, `finish` must be called with the number.
  struct Assignment: BitwiseCopyable {
    let number: Int
    let event: QueuedEvent
  }

  init(_ settings: DeliverySettings, random: Random) {
    self.settings = settings
    self.random = random
    reports = ReportQueue(capacity: settings.reportCapacity)
    limit = ConcurrencyLimit(
      maximum: min(settings.maximumConnections, settings.maximumInFlight),
      requestTimeoutMilliseconds: settings.requestTimeoutMilliseconds)
  }

  /// Random bits for an event id.
  mutating func randomBits() -> (UInt64, UInt64) { (random.next(), random.next()) }

  var inFlight: Int { Int(statistics.inFlight) }

  /// The pending events that this process accepted.
  var ownPending: UInt64 { statistics.pending &- UInt64(spooled.adopted) }

  /// What a close waits for: those, and the requests under way. An event that was taken over is sent again if its answer is missed.
  var awaited: UInt64 { max(ownPending, statistics.inFlight) }

  // MARK: Taking events

  /// Whether there is room for an event of this size.
  @inline(__always)
  func hasRoom(for bytes: Int) -> Bool {
    statistics.pending < UInt64(settings.maximumEvents)
      && UInt64(bytes) + statistics.queueBytes <= UInt64(settings.maximumBytes)
  }

  enum Intake { case accepted, spooled, queueFull, noMemory }

  /// Accepts an event, by copying its bytes. One that is on disk and finds no room in memory is left there.
  @_optimize(speed)
  mutating func accept(_ body: EventWorkspace, place: SpoolPlace = .none, now: Int64) -> Intake {
    let count = body.bytes.count
    guard !place.isLeft, hasRoom(for: count) else { return leave(body, place) ?? .queueFull }
    guard let memory = bodies.take(count) else { return leave(body, place) ?? .noMemory }
    // Only now: for an event that is refused, the sender is not woken.
    suspended.wakes(now: now)
    let timeout = place.isOnDisk ? settings.spoolMaxAgeMilliseconds : settings.deliveryTimeoutMilliseconds
    let expiresAt = now &- suspended.totalMilliseconds &+ timeout
    guard spooled.reserve(place),
      queue.append(QueuedEvent(body.bytes, id: body.id, in: memory, sequence: accepted, expiresAt: expiresAt, place: place))
    else {
      bodies.release(memory, count)
      return leave(body, place) ?? .noMemory
    }
    accepted += 1
    spooled.add(place)
    statistics.accepted += 1
    statistics.pending += 1
    statistics.queueBytes += UInt64(count)
    return .accepted
  }

  mutating func countRefused(_ status: Status) { statistics.countRefused(status) }

  mutating func countSampledOut() { statistics.sampledOut += 1 }

  mutating func countDisabled() { statistics.disabled += 1 }

  mutating func countLeftOut() { statistics.leftOut += 1 }

  /// Delivers all events without the network, for `dry_run`.
  @_optimize(speed)
  mutating func deliverDry() {
    while let event = queue.takeFresh() { end(event, .delivered, OutcomeDetails()) }
  }

  // MARK: Sending

  /// The next event to send now; nil if none may be sent.
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
    looksUntil = now + DeliveryState.lookMilliseconds
    let request = RequestInFlight(
      event: event, probe: breaker.started(), round: limit.round, startedAt: now,
      suspendedBeforeMilliseconds: suspended.totalMilliseconds)
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

  /// Whether the first retry in the queue may be sent now. Events that get no answer occupy a request for its whole
  /// timeout, so their retries get an eighth of the concurrent requests; those beyond that wait another second.
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

  /// What a finished request means, and what it changed.
  struct Finished: Equatable {
    let verdict: Verdict
    let circuit: CircuitBreaker.Change
  }

  /// A request has ended. Returns what that means; nil if the number is free.
  @discardableResult
  mutating func finish(_ number: Int, _ result: RequestResult, _ words: OutcomeDetails, now: Int64) -> Finished? {
    suspended.look(now: now)
    guard let request = land(number) else { return nil }
    var event = request.event
    event.httpStatus = Int32(truncatingIfNeeded: result.httpStatus)
    statistics.requests += 1
    let verdict = Verdict(result, history(request))
    if verdict.fate != .delivered { statistics.failedRequests += 1 }
    if result.isOdd && verdict.fate == .delivered { statistics.oddResponses += 1 }
    let circuit = learn(verdict.subject, from: request, result: result, words: words, now: now)
    switch verdict.fate {
    case .delivered: end(event, .delivered, words)
    case .rejected: end(event, .rejected, words)
    case .retryAtOnce:
      event.notBefore = now
      event.passesBefore = passes
      // A request that says nothing does not count: an event that had no other request returns to its position among
      // the new ones, if it was the oldest.
      if event.failures > 0 || !queue.putBack(event) { wait(event) }
    case .retry:
      event.failures += 1
      event.passesBefore = passes
      event.isSilent = result.isSilent
      if let former = event.moveApart() { bodies.release(former, Int(event.length)) }
      // The backoff applies to a wrong configuration as well: a firewall may answer 403 to one event because of its
      // text.
      let delay = policy(for: verdict.subject).delayMilliseconds(failures: Int(event.failures), unit: random.unit())
      event.notBefore = max(now + delay, result.retryAfterMilliseconds.map { now + $0 } ?? 0)
      wait(event)
    }
    return Finished(verdict: verdict, circuit: circuit)
  }

  private func history(_ request: RequestInFlight) -> Verdict.History {
    let event = request.event
    return Verdict.History(
      isFirstAttempt: event.attempts == 1,
      // While the circuit is open, nothing passes.
      othersHavePassed: event.attempts > 1 && passes > event.passesBefore && !breaker.isOpen,
      wasSuspended: suspended.totalMilliseconds > request.suspendedBeforeMilliseconds)
  }

  /// Removes a request that has ended; nil if its number is free.
  private mutating func land(_ number: Int) -> RequestInFlight? {
    guard let request = requests.remove(number) else { return nil }
    statistics.inFlight -= 1
    if request.event.isSilent { silentRetries -= 1 }
    breaker.ended(probe: request.probe)
    return request
  }

  /// Applies what a request showed about the endpoint.
  private mutating func learn(
    _ subject: Verdict.Subject, from request: RequestInFlight, result: RequestResult, words: OutcomeDetails, now: Int64
  ) -> CircuitBreaker.Change {
    switch subject {
    case .endpointWorks:
      passes += 1
      budget.passed()
      let change = breaker.succeeded()
      if change == .closed { limit.restart() }
      limit.succeeded(round: request.round, afterMilliseconds: now - request.startedAt)
      lastFailure.forget()
      return change
    case .endpointFails, .endpointThrottles, .credential, .configuration:
      lastFailure.note(words)
      let change = breaker.failed(
        subject, probe: request.probe, now: now, retryAt: result.retryAfterMilliseconds.map { now + $0 },
        policy: policy(for: subject), unit: random.unit())
      limit.failed(round: request.round, isSilent: result.isSilent)
      return change
    case .event, .nothing: return .unchanged
    }
  }

  private func policy(for subject: Verdict.Subject) -> RetryPolicy {
    if isHurried { return settings.retry.capped(atMilliseconds: DeliveryState.hurriedDelayMilliseconds) }
    guard subject == .credential || subject == .configuration else { return settings.retry }
    let longestMilliseconds = max(settings.retry.maximumMilliseconds, DeliveryState.misconfiguredDelayMilliseconds)
    return RetryPolicy(initialMilliseconds: settings.retry.initialMilliseconds, maximumMilliseconds: longestMilliseconds)
  }

  @inline(never)
  private mutating func wait(_ event: QueuedEvent) {
    // Cannot fail, since `next` reserved the room; if it did, the event would still be accounted for.
    if !queue.retry(event) { end(event, .abandoned, OutcomeDetails()) }
  }

  /// An answer shows how many requests its connection can carry.
  mutating func connectionIs(multiplexed: Bool) {
    let maximum = multiplexed ? settings.maximumInFlight : min(settings.maximumConnections, settings.maximumInFlight)
    if limit.maximum != maximum { limit.maximum = maximum }
  }

  // MARK: Time

  /// The next time when a retry or a probe is due, or an event expires; nil if nothing is waiting.
  func nextTime(now: Int64) -> Int64? {
    guard queue.count > 0 else { return nil }
    var time = nextExpiry ?? Int64.max
    if let allowed = breaker.nextTime, breaker.isOpen || inFlight < limit.limit {
      // A probe takes any event that is waiting.
      let retryAt = queue.nextRetry.map { max($0, budget.nextTime) } ?? Int64.max
      let due = queue.freshCount > 0 || breaker.isOpen ? now : retryAt
      time = min(time, max(allowed, due))
    }
    return time
  }

  /// The sender is about to sleep until a time. Returns when it must be back: earlier after a request was started, to look for new
  /// events, and while events are pending, so that a suspension of the process is noticed. `Int64.max` for a sleep without limit.
  mutating func sleep(until time: Int64, now: Int64) -> Int64 {
    guard statistics.pending > 0 || now < looksUntil else {
      suspended.sleeps(until: nil)
      return time
    }
    let soonest = min(time, now < looksUntil ? looksUntil : now + SuspendedTime.longestSleepMilliseconds)
    suspended.sleeps(until: soonest)
    return soonest
  }

  /// Whether the sender must be woken for an event that is accepted now.
  func wantsWaking(now: Int64) -> Bool {
    if now < looksUntil { return false }
    return queue.freshCount == 0 || breaker.permits(now: now, inFlight: inFlight, limit: limit.limit)
  }

  /// When the next event expires. While requests flow, an event is always sent at least once before it expires: those
  /// not sent yet are waiting for their turn.
  private var nextExpiry: Int64? {
    var next = queue.nextRetryExpiry
    if breaker.isOpen, let fresh = queue.oldestFresh?.expiresAt { next = min(next ?? Int64.max, fresh) }
    return next.map { $0 &+ suspended.totalMilliseconds }
  }

  /// Ends the events that have expired, up to one batch. `false` if there are more.
  private mutating func expire(now: Int64) -> Bool {
    let latest = now - suspended.totalMilliseconds
    for _ in 0..<DeliveryState.batch {
      if let next = queue.nextRetryExpiry, next <= latest, let event = queue.takeOldestRetry() {
        end(event, .expired, OutcomeDetails())
      } else if breaker.isOpen, let fresh = queue.oldestFresh, fresh.expiresAt <= latest, let event = queue.takeFresh() {
        end(event, .expired, OutcomeDetails())
      } else {
        return true
      }
    }
    return nextExpiry.map { $0 > now } ?? true
  }

  // MARK: Flush and close

  /// Makes everything that waits due at once, but never before a time that the server asked for.
  mutating func hurry(now: Int64) {
    breaker.hurry(now: now)
    queue.hurry()
  }

  /// A flush begins: it waits for the events pending now. Returns its number; nil when memory ran out.
  mutating func beginFlush() -> UInt64? { flushes.add(sequence: accepted, pending: Int(ownPending)) }

  /// How many events a flush still waits for.
  func pending(of flush: UInt64) -> Int { flushes.pending(of: flush) }

  mutating func endFlush(_ flush: UInt64) { flushes.remove(flush) }

  /// Whether any waiting flush or close has nothing more to wait for.
  var hasSatisfiedFlush: Bool { ownPending == 0 || flushes.hasSatisfied }

  /// Ends everything that is pending as abandoned, or as spooled if it is on disk, up to one batch, after requests in flight have been aborted. `false`
  /// if there are more.
  mutating func abandon() -> Bool {
    for _ in 0..<DeliveryState.batch {
      if let number = requests.first, let request = land(number) {
        give(up: request.event)
      } else if let event = queue.takeFresh() ?? queue.takeOldestRetry() {
        give(up: event)
      } else {
        return true
      }
    }
    return statistics.pending == 0
  }

  /// Ends an event that is not delivered.
  private mutating func give(up event: QueuedEvent) { end(event, event.place.isOnDisk ? .spooled : .abandoned, OutcomeDetails()) }

  mutating func takeReport() -> UnsafeMutablePointer<Report>? { reports.take() }

  /// Ends an event. Nothing else does.
  @inline(never)
  @_optimize(speed)
  private mutating func end(_ event: QueuedEvent, _ outcome: Outcome, _ words: OutcomeDetails) {
    statistics.count(outcome)
    statistics.pending -= 1
    statistics.queueBytes -= UInt64(event.length)
    flushes.end(event.sequence)
    if event.place.isOnDisk || event.isAdopted { spooled.end(event, outcome) }
    report(event, outcome, words)
    if event.isApart { event.freeIfApart() } else { bodies.release(event.body, Int(event.length)) }
  }
}
