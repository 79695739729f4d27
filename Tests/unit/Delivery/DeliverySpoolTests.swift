// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Delivery of events on disk")
struct DeliverySpoolTests {
  private func adopt(_ state: inout DeliveryState, _ id: String, length: Int = 0, place: SpoolPlace = spoolPlace(), expiresIn: Int64 = 60_000, now: Int64) -> Bool {
    let body = eventBody(id: id, length: length)
    return state.adopt(body.bytes, id: body.id, place: place, expiresInMilliseconds: expiresIn, now: now)
  }

  private func accept(_ state: inout DeliveryState, _ id: String, length: Int = 0, place: SpoolPlace = spoolPlace(), now: Int64 = 1000) -> DeliveryState.Intake {
    state.accept(eventBody(id: id, length: length), place: place, now: now)
  }

  /// The ids of the events that may be sent now, in their order; they are in flight afterwards.
  private func send(_ state: inout DeliveryState, now: Int64) -> [(number: Int, id: String)] {
    var sent: [(number: Int, id: String)] = []
    while let next = state.next(now: now) { sent.append((next.number, string(next.event.escapedID))) }
    return sent
  }

  /// Sends all that may be sent, and has it answered at once.
  private func deliver(_ state: inout DeliveryState, now: Int64 = 1000, _ answer: (String) -> RequestResult = { _ in .answer(200) }) {
    while let next = state.next(now: now) {
      state.finish(next.number, answer(string(next.event.escapedID)), OutcomeDetails(), now: now)
    }
  }

  /// After some answers, several requests may be under way.
  private func warmUp(_ state: inout DeliveryState) {
    for index in 0..<50 {
      _ = accept(&state, "warm \(index)", place: .none)
      deliver(&state)
    }
    _ = state.takeReports()
  }

  private func acknowledgements(_ state: inout DeliveryState) -> [Acknowledgement] {
    var all: [Acknowledgement] = []
    while true {
      var list = GrowableArray<Acknowledgement>()
      state.takeAcknowledgements(into: &list)
      if list.count == 0 { return all }
      #expect(list.count <= DeliveryState.batch)
      while let next = list.removeLast() { all.append(next) }
    }
  }

  // MARK: Accepting

  @Test("An event on disk that finds no room in memory is left there and counted as spooled; without a place it is refused")
  func noRoom() {
    var state = deliveryState { $0.maximumEvents = 1 }
    let taken = [accept(&state, "a"), accept(&state, "b"), accept(&state, "c", place: .none)]
    #expect(taken == [.accepted, .spooled, .queueFull])
    let found = state.statistics
    #expect(found.accepted == 2 && found.spooled == 1 && found.pending == 1 && found.isBalanced)
    let reports = state.takeReports()
    #expect(reports.map(\.id) == ["b"] && reports.map(\.outcome) == [.spooled])
  }

  @Test("The same holds for the bytes")
  func noBytes() {
    var state = deliveryState { $0.maximumBytes = 500 }
    let taken = [accept(&state, "a", length: 400), accept(&state, "b", length: 400)]
    #expect(taken == [.accepted, .spooled])
  }

  @Test("An event that another process sends is not kept in memory, though there is room")
  func leftToOthers() {
    var state = deliveryState()
    let taken = accept(&state, "a", place: spoolPlace(isLeft: true))
    let sent = send(&state, now: 1000).count
    let found = state.statistics
    #expect(taken == .spooled && sent == 0 && found.pending == 0 && found.queueBytes == 0 && found.isBalanced)
  }

  @Test("An event on disk expires by spool_max_age_ms, another by delivery_timeout_ms")
  func expiry() {
    var state = deliveryState { ($0.deliveryTimeoutMilliseconds, $0.spoolMaxAgeMilliseconds) = (2000, 7000) }
    _ = accept(&state, "disk")
    _ = accept(&state, "memory", place: .none)
    deliver(&state) { _ in .answer(503) }
    var ended: [String] = []
    for now in [2999, 3000, 7999, 8000] as [Int64] {
      deliver(&state, now: now) { _ in .answer(503) }
      ended.append(state.takeReports().map { "\($0.id) \($0.outcome)" }.joined())
    }
    #expect(ended == ["", "memory expired", "", "disk expired"])
    let noted = acknowledgements(&state)
    #expect(noted.map(\.state) == [.expired])
  }

  // MARK: Adopting

  @Test("Events that are taken over wait behind all own ones, in their own order")
  func behind() {
    var state = deliveryState { $0.maximumInFlight = 100; $0.maximumConnections = 100 }
    _ = accept(&state, "own 1")
    let adopted = [adopt(&state, "other 1", now: 1000), adopt(&state, "other 2", now: 1000)]
    _ = accept(&state, "own 2")
    #expect(adopted == [true, true])
    var order: [String] = []
    for _ in 0..<4 {
      guard let next = state.next(now: 1000) else { break }
      order.append(string(next.event.escapedID))
      state.finish(next.number, .answer(200), OutcomeDetails(), now: 1000)
    }
    #expect(order == ["own 1", "own 2", "other 1", "other 2"])
    let found = state.statistics
    #expect(found.accepted == 2 && found.adopted == 2 && found.delivered == 4 && found.isBalanced)
  }

  @Test("They take a quarter of the queue's events at most, and there is room again when one has ended")
  func quarterOfEvents() {
    var state = deliveryState { $0.maximumEvents = 8 }
    let adopted = (0..<3).map { adopt(&state, "\($0)", now: 1000) }
    #expect(adopted == [true, true, false])
    guard let next = state.next(now: 1000) else { return fail("nothing is sent") }
    state.finish(next.number, .answer(200), OutcomeDetails(), now: 1000)
    let again = adopt(&state, "3", now: 1000)
    #expect(again)
  }

  @Test("They take a quarter of its bytes at most, and one event beyond that")
  func quarterOfBytes() {
    var state = deliveryState { $0.maximumBytes = 4000 }
    let adopted = (0..<4).map { adopt(&state, "\($0)", length: 400, now: 1000) }
    #expect(adopted == [true, true, true, false])
    let found = state.statistics
    #expect(found.queueBytes == 1200)
  }

  @Test("The smallest queue takes one over, and none while it is full")
  func smallest() {
    var state = deliveryState { $0.maximumEvents = 1 }
    let first = adopt(&state, "a", now: 1000)
    let second = adopt(&state, "b", now: 1000)
    #expect(first && !second)
    var full = deliveryState { $0.maximumEvents = 1 }
    _ = accept(&full, "own")
    let third = adopt(&full, "c", now: 1000)
    #expect(!third)
  }

  @Test("A flush does not wait for them")
  func flush() {
    var state = deliveryState()
    _ = adopt(&state, "other", now: 1000)
    guard let first = state.beginFlush() else { return fail("no flush") }
    let (pending, isSatisfied, own) = (state.pending(of: first), state.hasSatisfiedFlush, state.ownPending)
    #expect(pending == 0 && isSatisfied && own == 0)
    _ = accept(&state, "own")
    guard let second = state.beginFlush() else { return fail("no flush") }
    let before = state.pending(of: second)
    // The other one is answered first.
    deliver(&state) { $0 == "own" ? .answer(503) : .answer(200) }
    let between = state.pending(of: second)
    let delivered = state.statistics.delivered
    deliver(&state, now: 60_000)
    let after = state.pending(of: second)
    #expect([before, between, after] == [1, 1, 0] && delivered == 1)
  }

  @Test("They make reports only where those are asked for", arguments: [false, true])
  func reports(isAsked: Bool) {
    var state = deliveryState { $0.reportsAdopted = isAsked }
    _ = adopt(&state, "other", now: 1000)
    _ = accept(&state, "own")
    deliver(&state)
    #expect(Set(state.takeReports().map(\.id)) == (isAsked ? ["own", "other"] : ["own"]))
  }

  @Test("They expire when what was left of their time is over")
  func adoptedExpiry() {
    var state = deliveryState()
    _ = adopt(&state, "other", expiresIn: 700, now: 1000)
    for now in [1000, 1699] as [Int64] { deliver(&state, now: now) { _ in .answer(503) } }
    let before = state.statistics.expired
    _ = send(&state, now: 1700)
    let after = state.statistics
    #expect(before == 0 && after.expired == 1 && after.isBalanced)
  }

  @Test("One that had expired on disk counts as taken over and expired")
  func expiredOnDisk() {
    var state = deliveryState()
    state.countExpiredOnDisk()
    let found = state.statistics
    #expect(found.adopted == 1 && found.expired == 1 && found.pending == 0 && found.isBalanced)
  }

  @Test("Events are taken over only while the endpoint works and little of one's own waits")
  func calm() {
    var state = deliveryState { $0.maximumEvents = 8 }
    let idle = state.isCalm
    _ = accept(&state, "a")
    let little = state.isCalm
    _ = accept(&state, "b")
    let much = state.isCalm
    #expect(idle && little && !much)
    var failing = deliveryState()
    _ = accept(&failing, "a")
    for now in stride(from: Int64(1000), to: 100_000, by: 5000) {
      deliver(&failing, now: now) { _ in .answer(503) }
    }
    let isCalm = failing.isCalm
    #expect(!isCalm)
  }

  // MARK: Ends

  @Test("Each end of an event on disk is noted once, with its outcome; that of another is not")
  func noted() {
    var state = deliveryState()
    for (id, offset) in [("good", 64), ("bad", 128)] { _ = accept(&state, id, place: spoolPlace(offset: offset)) }
    _ = accept(&state, "memory", place: .none)
    _ = adopt(&state, "other", place: spoolPlace(serial: 2), now: 1000)
    deliver(&state) { $0 == "bad" ? .answer(422) : .answer(200) }
    let noted = acknowledgements(&state).sorted { ($0.place.serial, $0.place.offset) < ($1.place.serial, $1.place.offset) }
    #expect(noted.map(\.place) == [spoolPlace(offset: 64), spoolPlace(offset: 128), spoolPlace(serial: 2)])
    #expect(noted.map(\.state) == [.delivered, .rejected, .delivered])
    let again = acknowledgements(&state)
    #expect(again.isEmpty)
  }

  @Test("However many end before the sender comes to it, none is forgotten")
  func manyNoted() {
    var state = deliveryState { ($0.maximumInFlight, $0.maximumConnections) = (1000, 1000) }
    for index in 0..<500 { _ = accept(&state, "\(index)", place: spoolPlace(offset: 64 + 8 * index)) }
    deliver(&state)
    let noted = acknowledgements(&state)
    #expect(Set(noted.map(\.place.offset)).count == 500 && noted.count == 500)
  }

  @Test("At close what is on disk ends as spooled and the rest as abandoned, in flight or not; nothing of it is noted")
  func close() {
    var state = deliveryState { ($0.maximumInFlight, $0.maximumConnections) = (2, 2) }
    warmUp(&state)
    for (id, place) in [("a", spoolPlace()), ("b", .none), ("c", spoolPlace(offset: 128)), ("d", .none)] { _ = accept(&state, id, place: place) }
    _ = adopt(&state, "e", place: spoolPlace(serial: 2), now: 1000)
    let flying = send(&state, now: 1000).count
    #expect(flying == 2)
    let undelivered = state.undelivered
    while !state.abandon() {}
    let found = state.statistics
    #expect(undelivered == 2 && found.spooled == 3 && found.abandoned == 2 && found.pending == 0 && found.isBalanced)
    let outcomes = Dictionary(uniqueKeysWithValues: state.takeReports().map { ($0.id, $0.outcome) })
    #expect(outcomes == ["a": .spooled, "b": .abandoned, "c": .spooled, "d": .abandoned])
    let noted = acknowledgements(&state)
    #expect(noted.isEmpty)
  }

  // MARK: A file that is gone

  @Test("When a file is gone, the places in it are forgotten wherever its events wait, and no others")
  func forget() {
    var state = deliveryState { ($0.maximumInFlight, $0.maximumConnections) = (100, 100) }
    warmUp(&state)
    // Serial 1 is lost; one each waits for a retry, is in flight, and is new.
    for serial in [1, 2] as [UInt64] { _ = accept(&state, "retry \(serial)", place: spoolPlace(serial: serial)) }
    deliver(&state) { _ in .answer(500) }
    for serial in [1, 2] as [UInt64] { _ = accept(&state, "flying \(serial)", place: spoolPlace(serial: serial, offset: 128)) }
    let flying = send(&state, now: 1000)
    #expect(flying.count == 2)
    for serial in [1, 2] as [UInt64] {
      _ = accept(&state, "new \(serial)", place: spoolPlace(serial: serial, offset: 192))
      _ = adopt(&state, "other \(serial)", place: spoolPlace(serial: serial, offset: 256), now: 1000)
    }
    let before = state.undelivered
    state.forget(serial: 1)
    let (after, unspooled) = (state.undelivered, state.statistics.unspooled)
    #expect(before == 0 && after == 4 && unspooled == 4)
    for (number, _) in flying { state.finish(number, .answer(200), OutcomeDetails(), now: 1000) }
    for now in stride(from: Int64(1000), to: 60_000, by: 1000) {
      deliver(&state, now: now)
    }
    let noted = acknowledgements(&state)
    #expect(noted.count == 4 && noted.allSatisfy { $0.place.serial == 2 })
    let found = state.statistics
    let left = state.undelivered
    #expect(found.delivered == 58 && found.pending == 0 && left == 0 && found.isBalanced)
  }
}
