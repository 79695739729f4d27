// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// A server that is out for a while, and then takes no more than its capacity: a request waits in its backlog for its turn, and
/// one that finds the backlog full is refused at once.
struct FleetServer {
  let capacity: Double
  let outage: Range<Int64>
  /// What it answers while it is out, given how much of the outage is left.
  let refusal: (_ left: Int64) -> RequestResult
  /// The longest wait in its backlog, in milliseconds.
  let patience: Double
  /// When it will have worked off its backlog.
  private var freeAt = 0.0

  init(capacity: Double, outage: Range<Int64>, patience: Double, refusal: @escaping (_ left: Int64) -> RequestResult) {
    self.capacity = capacity
    self.outage = outage
    self.patience = patience
    self.refusal = refusal
  }

  static let roundTrip: Int64 = 20

  mutating func answer(_ now: Int64) -> SimulatedAnswer {
    if outage.contains(now) { return SimulatedAnswer(refusal(outage.upperBound - now), after: FleetServer.roundTrip) }
    freeAt = max(freeAt, Double(now))
    if freeAt - Double(now) > patience { return SimulatedAnswer(.answer(503), after: FleetServer.roundTrip) }
    freeAt += 1000 / capacity
    return SimulatedAnswer(.answer(200), after: Int64(freeAt) - now + FleetServer.roundTrip)
  }
}

/// Many senders, each the real `DeliveryState` with the options' defaults, at one server. Time goes by in milliseconds from 0.
final class DeliveryFleet {
  /// What is seen in one second of time.
  struct Second {
    var arrived = 0
    var refused = 0
    var delivered = 0
    var pending = 0
  }

  private final class Sender {
    var state: DeliveryState
    var random: Random
    var isParked = true
    /// The wake that counts; earlier ones are forgotten.
    var wakesAt: Int64?
    /// Until when the sender looks for new events by itself.
    var looksUntil: Int64 = 0

    init(_ settings: DeliverySettings, seed: UInt64, jitter: UInt64) {
      state = DeliveryState(settings, random: Random(seed: jitter))
      random = Random(seed: seed)
    }
  }

  private enum Action {
    case track
    case wake
    case answer(Int, RequestResult)
  }

  private(set) var seconds: [Second] = []
  private(set) var statistics = Statistics()
  private var senders: [Sender] = []
  private var server: FleetServer
  /// Milliseconds between a sender's events, on the average.
  private let interval: Int64
  /// What happens to whom, by the millisecond.
  private var agenda: [[(sender: Int, action: Action)]]
  private let body = eventBody(id: "fleet")

  /// Without jitter all senders draw the same numbers.
  init(senders count: Int, _ server: FleetServer, interval: Int64, duration: Int64, hasJitter: Bool) {
    self.server = server
    self.interval = interval
    agenda = Array(repeating: [], count: Int(duration))
    for index in 0..<count {
      let sender = Sender(DeliverySettings(), seed: UInt64(index), jitter: hasJitter ? UInt64(count + index) : 0)
      senders.append(sender)
      plan(index, .track, at: Int64.random(in: 0..<interval, using: &sender.random))
    }
  }

  func run() {
    for time in agenda.indices {
      let now = Int64(time)
      if time % 1000 == 0 { seconds.append(Second(pending: (seconds.last?.pending ?? 0))) }
      var place = 0
      // What falls due in the same millisecond is added while this goes on.
      while place < agenda[time].count {
        let (index, action) = agenda[time][place]
        act(index, action, now)
        place += 1
      }
      agenda[time] = []
    }
    for sender in senders { add(sender.state.statistics) }
  }

  private func plan(_ sender: Int, _ action: Action, at time: Int64) {
    if time < Int64(agenda.count) { agenda[Int(time)].append((sender, action)) }
  }

  private func act(_ index: Int, _ action: Action, _ now: Int64) {
    let sender = senders[index]
    let before = sender.state.statistics.pending
    // A sender also looks at the clock five times a second, to notice a pause. Here there is none, and ten thousand would look.
    _ = sender.state.sleep(until: now, now: now)
    switch action {
    case .track:
      plan(index, .track, at: now + Int64.random(in: 1...2 * interval, using: &sender.random))
      _ = sender.state.accept(body, now: now)
      if sender.isParked { turn(index, now) }
    case .wake:
      if sender.wakesAt == now { turn(index, now) }
    case .answer(let number, let result):
      sender.state.finish(number, result, OutcomeDetails(), now: now)
      if result.isSuccess { seconds[seconds.count - 1].delivered += 1 }
      turn(index, now)
    }
    seconds[seconds.count - 1].pending += Int(sender.state.statistics.pending) - Int(before)
  }

  private func turn(_ index: Int, _ now: Int64) {
    let sender = senders[index]
    while let assignment = sender.state.next(now: now) {
      sender.looksUntil = now + DeliveryState.lookMilliseconds
      var answer = server.answer(now)
      let longest = DeliverySimulation.requestTimeoutMilliseconds
      if answer.delay > longest { answer = SimulatedAnswer(.silence, after: longest) }
      seconds[seconds.count - 1].arrived += 1
      if !answer.result.isSuccess { seconds[seconds.count - 1].refused += 1 }
      plan(index, .answer(assignment.number, answer.result), at: now + answer.delay)
    }
    sender.isParked = sender.state.wantsWaking(now: now)
    sender.wakesAt = sender.state.nextTime(now: now).map { max(now + 1, $0) }
    if now < sender.looksUntil { sender.wakesAt = min(sender.wakesAt ?? .max, sender.looksUntil) }
    if let wakesAt = sender.wakesAt { plan(index, .wake, at: wakesAt) }
  }

  private func add(_ found: Statistics) {
    statistics.accepted += found.accepted
    statistics.adopted += found.adopted
    statistics.delivered += found.delivered
    statistics.rejected += found.rejected
    statistics.expired += found.expired
    statistics.abandoned += found.abandoned
    statistics.spooled += found.spooled
    statistics.pending += found.pending
    statistics.requests += found.requests
    statistics.failedRequests += found.failedRequests
  }
}
