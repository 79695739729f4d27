// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Delivery state")
struct DeliveryStateTests {
  /// Sends and delivers everything that may go, one after the other.
  private func deliverAll(_ state: inout DeliveryState, now: Int64) {
    while let next = state.next(now: now) { state.finish(next.number, .answer(200), OutcomeDetails(), now: now) }
  }

  @Test("Events are sent in the order of their acceptance, each with its bytes")
  func order() {
    var state = deliveryState { $0.deliveryTimeoutMilliseconds = 5000 }
    for id in ["a", "b", "c"] { #expect(state.take(id, now: 100) == .accepted) }
    var sent: [String] = []
    while let next = state.next(now: 200) {
      sent.append(string(next.event.escapedID))
      state.finish(next.number, .answer(200), OutcomeDetails(), now: 200)
    }
    #expect(sent == ["a", "b", "c"])
    let found = state.statistics
    #expect(found.delivered == 3 && found.requests == 3 && found.retries == 0 && found.isBalanced)
  }

  @Test("After a start the sender looks for events by itself for a millisecond, and is woken for one after that")
  func looking() {
    var state = deliveryState()
    #expect(state.wantsWaking(now: 100) && state.sleep(until: .max, now: 100) == .max)
    _ = state.take("a", now: 100)
    guard let next = state.next(now: 100) else { return fail("nothing is sent") }
    #expect(!state.wantsWaking(now: 100) && state.sleep(until: .max, now: 100) == 101)
    state.finish(next.number, .answer(200), OutcomeDetails(), now: 100)
    #expect(!state.wantsWaking(now: 100) && state.sleep(until: .max, now: 100) == 101 && state.sleep(until: 100, now: 100) == 100)
    #expect(state.wantsWaking(now: 101) && state.sleep(until: .max, now: 101) == .max)
  }

  @Test("A full queue refuses by events or by bytes, and has room again when an event has ended")
  func bounds() {
    var state = deliveryState {
      $0.maximumEvents = 3
      $0.maximumBytes = 1000
    }
    #expect(state.take("a", length: 600, now: 0) == .accepted)
    #expect(state.take("b", length: 401, now: 0) == .queueFull)
    #expect(state.take("c", length: 200, now: 0) == .accepted)
    #expect(state.take("d", length: 200, now: 0) == .accepted)
    #expect(state.take("e", length: 0, now: 0) == .queueFull)
    // An event in flight still counts.
    let next = state.next(now: 0)
    #expect(state.take("f", length: 80, now: 0) == .queueFull)
    if let next { state.finish(next.number, .answer(200), OutcomeDetails(), now: 0) }
    #expect(state.take("g", length: 600, now: 0) == .accepted)
    let found = state.statistics
    #expect(found.pending == 3 && found.queueBytes == 1000 && found.accepted == 4)
  }

  @Test("A queue takes as many events as it may, and not one more")
  func boundOnEvents() {
    var state = deliveryState { $0.maximumEvents = 3 }
    let statuses = (1...4).map { state.take("event-\($0)", now: 0) }
    #expect(statuses == [.accepted, .accepted, .accepted, .queueFull])
  }

  @Test("The memory of an event that has ended serves the next one")
  func memory() {
    var state = deliveryState()
    var places: Set<UnsafeMutablePointer<UInt8>> = []
    for number in 0..<100 {
      _ = state.take("event-\(number)", length: 700, now: 0)
      guard let next = state.next(now: 0) else { return fail("nothing was sent") }
      places.insert(next.event.body)
      state.finish(next.number, .answer(number % 2 == 0 ? 200 : 422), OutcomeDetails(), now: 0)
    }
    #expect(places.count == 1)
  }

  @Test("An event that failed is stored separately, so that it does not hold the memory of others, and its bytes stay the same")
  func liesApart() {
    var state = deliveryState()
    _ = state.take("a", length: 700, now: 0)
    guard let first = state.next(now: 0) else { return fail("nothing was sent") }
    let (bytes, place) = (string(first.event.bytes), first.event.body)
    state.finish(first.number, .answer(503), OutcomeDetails(), now: 0)
    // Its slot serves the next one.
    _ = state.take("b", length: 700, now: 0)
    state.hurry(now: 0)
    var sent: [(body: UnsafeMutablePointer<UInt8>, bytes: String, isApart: Bool)] = []
    for _ in 0..<2 {
      guard let next = state.next(now: 0) else { return fail("nothing was sent") }
      sent.append((next.event.body, string(next.event.bytes), next.event.isApart))
      state.finish(next.number, .answer(200), OutcomeDetails(), now: 0)
    }
    let (apart, other) = (sent.first { $0.isApart }, sent.first { !$0.isApart })
    #expect(apart?.bytes == bytes && other?.body == place)
  }

  @Test("A failed event waits for its delay, and is sent again then")
  func retry() {
    var state = deliveryState()
    _ = state.take("old", now: 0)
    guard let first = state.next(now: 0) else { return fail("nothing was sent") }
    state.finish(first.number, .answer(503), OutcomeDetails(), now: 0)
    #expect(state.next(now: 0) == nil)
    guard let due = state.nextTime(now: 0) else { return fail("nothing is due") }
    // 500 ms, less the jitter.
    #expect(due >= 250 && due <= 500)
    #expect(state.next(now: due - 1) == nil)
    let again = state.next(now: due)
    #expect(again.map { string($0.event.escapedID) } == "old")
    #expect(again?.event.attempts == 2)
    let found = state.statistics
    #expect(found.failedRequests == 1 && found.retries == 1)
  }

  @Test("A connection that had gone stale costs no delay and opens nothing, however many do; the second time counts")
  func staleConnections() {
    var state = deliveryState { $0.maximumConnections = 8 }
    for index in 0..<20 { _ = state.take("\(index)", now: 0) }
    for _ in 0..<20 {
      guard let next = state.next(now: 0) else { break }
      state.finish(next.number, .noAnswer(isStale: true), OutcomeDetails(), now: 0)
      let again = state.next(now: 0)
      #expect(again?.event.sequence == next.event.sequence)
      if let again { state.finish(again.number, .answer(200), OutcomeDetails(), now: 0) }
    }
    let (delivered, isOpen) = (state.statistics.delivered, state.breaker.isOpen)
    #expect(delivered == 20 && !isOpen)
    _ = state.take("x", now: 0)
    for _ in 0..<2 {
      if let next = state.next(now: 0) { state.finish(next.number, .noAnswer(isStale: true), OutcomeDetails(), now: 0) }
    }
    let (allowance, waits) = (state.breaker.allowance, state.nextTime(now: 0))
    #expect(allowance == CircuitBreaker.fullAllowance - 1, "the first of the two is excused")
    #expect((waits ?? 0) >= 250)
  }

  @Test("What an answer reveals about the connection sets how many requests may be under way")
  func concurrency() {
    var state = deliveryState {
      $0.maximumConnections = 8
      $0.maximumInFlight = 100
    }
    func grow(_ state: inout DeliveryState) -> Int {
      for index in 0..<300 { _ = state.take("\(index)", now: 0) }
      deliverAll(&state, now: 0)
      return state.limit.limit
    }
    #expect(grow(&state) == 8)
    state.connectionIs(multiplexed: true)
    #expect(grow(&state) == 100)
    state.connectionIs(multiplexed: false)
    let limit = state.limit.limit
    #expect(limit == 8)
  }

  @Test("Requests at once never pass the limit, which begins with one")
  func slowStart() {
    var state = deliveryState()
    for index in 0..<50 { _ = state.take("\(index)", now: 0) }
    var counts: [Int] = []
    for _ in 0..<4 {
      var numbers: [Int] = []
      while let next = state.next(now: 0) { numbers.append(next.number) }
      counts.append(numbers.count)
      for number in numbers { state.finish(number, .answer(200), OutcomeDetails(), now: 0) }
    }
    #expect(counts == [1, 2, 4, 8])
  }

  @Test("A number that is not in flight changes nothing", arguments: [-1, 0, 1, 7, Int.max, Int.min])
  func unknownNumber(number: Int) {
    var state = deliveryState()
    _ = state.take("a", now: 0)
    let before = state.statistics
    let followed = state.finish(number, .answer(200), OutcomeDetails(), now: 0)
    let after = state.statistics
    #expect(followed == nil && before == after)
  }

  @Test("In an outage an event expires at its time, while it waits to be sent first and while it waits for a retry")
  func expiry() {
    var state = deliveryState { $0.deliveryTimeoutMilliseconds = 1000 }
    _ = state.take("retried", now: 0)
    if let next = state.next(now: 0) { state.finish(next.number, .answer(429, retryAfter: 60_000), OutcomeDetails(), now: 0) }
    _ = state.take("fresh", now: 100)
    // The sender looks at the clock, as it does when it is woken: time that goes by without it would be a pause.
    #expect(state.next(now: 100) == nil)
    #expect(state.nextTime(now: 100) == 1000)
    #expect(state.next(now: 999) == nil)
    let early = state.statistics.expired
    #expect(early == 0)
    #expect(state.next(now: 1000) == nil)
    #expect(state.nextTime(now: 1000) == 1100)
    #expect(state.next(now: 1100) == nil)
    let reports = state.takeReports()
    #expect(reports.map(\.id) == ["retried", "fresh"])
    #expect(reports.allSatisfy { $0.outcome == .expired })
    #expect(reports.map(\.status) == [429, 0] && reports.map(\.attempts) == [1, 0])
    #expect(state.nextTime(now: 1100) == nil)
  }

  @Test("While requests flow, an event is sent once before it expires, however long it had to wait for its turn")
  func noneExpiresUntried() {
    var state = deliveryState {
      $0.deliveryTimeoutMilliseconds = 1000
      $0.maximumConnections = 1
    }
    for id in ["slow", "late"] { _ = state.take(id, now: 0) }
    guard let slow = state.next(now: 0) else { return fail("nothing was sent") }
    #expect(state.next(now: 900) == nil)
    state.finish(slow.number, .answer(200), OutcomeDetails(), now: 1900)
    guard let late = state.next(now: 1900) else { return fail("the event was not sent") }
    state.finish(late.number, .answer(500), OutcomeDetails(), now: 2800)
    // It has had its request; its time is up.
    _ = state.next(now: 2800)
    let found = state.statistics
    #expect(found.delivered == 1 && found.expired == 1 && found.pending == 0)
  }

  @Test("A call ends only one batch of events, and the sender comes back for the others at once")
  func expiresInBatches() {
    var state = deliveryState { $0.deliveryTimeoutMilliseconds = 1000 }
    for index in 0..<500 { _ = state.take("\(index)", now: 0) }
    if let next = state.next(now: 0) { state.finish(next.number, .answer(401), OutcomeDetails(), now: 0) }
    var expired: [UInt64] = []
    while state.statistics.pending > 0, expired.count < 100 {
      let before = state.statistics.expired
      #expect(state.next(now: 5000) == nil, "an event was sent while others wait to expire")
      expired.append(state.statistics.expired - before)
      let due = state.nextTime(now: 5000)
      let left = state.statistics.pending
      #expect(left == 0 || due.map { $0 <= 5000 } == true)
    }
    #expect(expired.max() == UInt64(DeliveryState.batch) && expired.reduce(0, +) == 500)
  }

  @Test("A request under way at its event's time ends as its answer says")
  func lateAnswer() {
    var state = deliveryState { $0.deliveryTimeoutMilliseconds = 1000 }
    _ = state.take("a", now: 0)
    guard let next = state.next(now: 900) else { return fail("nothing was sent") }
    #expect(state.next(now: 2000) == nil)
    state.finish(next.number, .answer(200), OutcomeDetails(), now: 2000)
    let found = state.statistics
    #expect(found.delivered == 1 && found.expired == 0)
  }

  @Test("A flush waits for the events before it, wherever they are, and for none after it")
  func flushes() {
    var state = deliveryState { $0.maximumConnections = 1 }
    guard let nothing = state.beginFlush() else { return fail("memory ran out") }
    for id in ["retry", "request", "fresh"] { _ = state.take(id, now: 0) }
    if let next = state.next(now: 0) { state.finish(next.number, .answer(503), OutcomeDetails(), now: 0) }
    guard let request = state.next(now: 0), let all = state.beginFlush() else { return fail("nothing was sent") }
    _ = state.take("later", now: 0)
    let before = [state.pending(of: nothing), state.pending(of: all)]
    #expect(before == [0, 3])
    state.endFlush(nothing)
    state.finish(request.number, .answer(200), OutcomeDetails(), now: 0)
    var satisfied = [state.hasSatisfiedFlush]
    var pending = [state.pending(of: all)]
    state.hurry(now: 0)
    for _ in 0..<3 {
      if let next = state.next(now: 0) { state.finish(next.number, .answer(200), OutcomeDetails(), now: 0) }
      satisfied.append(state.hasSatisfiedFlush)
      pending.append(state.pending(of: all))
    }
    let left = state.statistics.pending
    #expect(pending.first == 2 && pending.last == 0 && left == 0)
    #expect(satisfied == pending.map { $0 == 0 })
  }

  @Test("A flush sends at once what waits for its retry, but not before the time that the server named")
  func hurry() {
    var state = deliveryState()
    _ = state.take("a", now: 0)
    if let next = state.next(now: 0) { state.finish(next.number, .answer(500), OutcomeDetails(), now: 0) }
    #expect(state.next(now: 1) == nil)
    state.hurry(now: 1)
    guard let next = state.next(now: 1) else { return fail("the flush sent nothing") }
    state.finish(next.number, .answer(503, retryAfter: 9000), OutcomeDetails(), now: 1)
    state.hurry(now: 2)
    #expect(state.next(now: 9000) == nil)
    #expect(state.next(now: 9001) != nil)
  }

  @Test("Abandoning ends everything, in flight or waiting, once")
  func abandon() {
    var state = deliveryState { $0.maximumConnections = 2 }
    for id in ["a", "b", "c", "d"] { _ = state.take(id, now: 0) }
    if let next = state.next(now: 0) { state.finish(next.number, .answer(500), OutcomeDetails(), now: 0) }
    let request = state.next(now: 0)
    while !state.abandon() {}
    let found = state.statistics
    #expect(found.abandoned == 4 && found.pending == 0 && found.inFlight == 0 && found.queueBytes == 0 && found.isBalanced)
    let reports = state.takeReports()
    #expect(Set(reports.map(\.id)) == ["a", "b", "c", "d"] && reports.allSatisfy { $0.outcome == .abandoned })
    if let request { #expect(state.finish(request.number, .answer(200), OutcomeDetails(), now: 1) == nil) }
    while !state.abandon() {}
    let again = state.statistics
    #expect(again == found)
  }

  @Test("Abandoning ends one batch of events a call")
  func abandonsInBatches() {
    var state = deliveryState()
    for index in 0..<1000 { _ = state.take("\(index)", now: 0) }
    var (calls, isDone, most) = (0, false, UInt64(0))
    while !isDone, calls < 1000 {
      let before = state.statistics.abandoned
      isDone = state.abandon()
      most = max(most, state.statistics.abandoned - before)
      calls += 1
    }
    let left = state.statistics.pending
    #expect(isDone && left == 0 && most == UInt64(DeliveryState.batch))
  }

  @Test("A dry run delivers without a request")
  func dryRun() {
    var state = deliveryState()
    for id in ["a", "b"] { _ = state.take(id, now: 0) }
    state.deliverDry()
    let found = state.statistics
    #expect(found.delivered == 2 && found.requests == 0 && found.pending == 0)
    #expect(state.takeReports().map(\.attempts) == [0, 0])
  }

  @Test("An odd success is delivered and counted as odd")
  func odd() {
    var state = deliveryState()
    _ = state.take("a", now: 0)
    if let next = state.next(now: 0) { state.finish(next.number, .answer(200, isOdd: true), OutcomeDetails(), now: 0) }
    let found = state.statistics
    #expect(found.delivered == 1 && found.oddResponses == 1 && found.failedRequests == 0)
  }

  @Test("A rejected event is reported with the server's message, and does not hold up the others")
  func rejected() {
    var state = deliveryState()
    for id in ["bad", "good"] { _ = state.take(id, now: 0) }
    if let next = state.next(now: 0) {
      state.finish(next.number, .answer(422), OutcomeDetails(code: Bytes("invalid"), message: Bytes("no title")), now: 0)
    }
    guard let report = state.takeReport() else { return fail("there is no report") }
    #expect(report.pointee.outcome == .rejected && report.pointee.httpStatus == 422)
    #expect(report.pointee.code == "invalid" && report.pointee.message == "no title")
    ReportQueue.destroy(report)
    deliverAll(&state, now: 0)
    let found = state.statistics
    #expect(found.rejected == 1 && found.delivered == 1)
  }

  /// What all waiting reports say about the trouble.
  private func takeWords(_ state: inout DeliveryState) -> [(code: String, message: String)] {
    var words: [(code: String, message: String)] = []
    while let report = state.takeReport() {
      words.append((report.pointee.code, report.pointee.message))
      ReportQueue.destroy(report)
    }
    return words
  }

  @Test("An event that ends without an answer is reported with the endpoint's last trouble")
  func lastFailure() {
    var state = deliveryState { $0.deliveryTimeoutMilliseconds = 1000 }
    for id in ["tried", "untried"] { _ = state.take(id, now: 0) }
    if let next = state.next(now: 0) {
      state.finish(next.number, .answer(401), OutcomeDetails(code: Bytes("auth"), message: Bytes("unknown key")), now: 0)
    }
    _ = state.next(now: 1000)
    #expect(takeWords(&state).map { "\($0.code): \($0.message)" } == ["auth: unknown key", "auth: unknown key"])
  }

  @Test("An event that ends after the endpoint has answered again is not reported with its old trouble")
  func oldTrouble() {
    var state = deliveryState { $0.deliveryTimeoutMilliseconds = 1000 }
    for id in ["tried", "delivered"] { _ = state.take(id, now: 0) }
    if let next = state.next(now: 0) {
      state.finish(next.number, .noAnswer(), OutcomeDetails(code: Bytes("network"), message: Bytes("refused")), now: 0)
    }
    if let next = state.next(now: 0) { state.finish(next.number, .answer(200), OutcomeDetails(), now: 0) }
    _ = state.next(now: 1000)
    #expect(takeWords(&state).map(\.code) == ["", "expired"])
  }
}
