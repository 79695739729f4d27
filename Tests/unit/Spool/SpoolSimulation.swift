// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// A process with a client: the real `Delivery` and its spool on a simulated disk, with a sender that is told when it is its turn.
final class SimulatedProcess {
  struct Request {
    let number: Int
    let event: Int
    let endsAt: Int64
    let result: RequestResult
  }

  let owner: SimulatedOwner
  let delivery: Delivery
  let spool: Spool<SimulatedDisk>
  var requests: [Request] = []
  /// Whether there is a sender, and when it has something to do.
  var hasSender = false
  var wakesAt: Int64 = .max
  /// How many of its calls are under way.
  var depth = 0
  var isTurning = false
  var stoppedUntil: Int64 = 0
  var wasStopped = false
  var isClosing = false
  var hasEnded = false

  var isDead: Bool { owner.isDead }
  var isRunning: Bool { !owner.isDead && !hasEnded }

  init(_ number: Int, _ configuration: Configuration, _ settings: DeliverySettings, _ spooling: SpoolSettings, _ machine: SimulatedMachine, seed: UInt64) {
    owner = SimulatedOwner(number: number)
    delivery = Delivery(configuration)
    delivery.state = DeliveryState(settings, random: Random(seed: seed))
    // There is no thread: the simulation takes the sender's turns.
    delivery.life.start()
    spool = Spool(spooling, SimulatedDisk(machine, owner), configuration.log, random: Random(seed: seed &+ 1))
  }
}

/// Processes that share one folder on one machine, an endpoint, and books of all that they promised.
///
/// Before and after each system call of a process, another may come first, time may pass, or the process may be killed.
final class SpoolSimulation: MachineWatcher {
  struct Chaos {
    /// Of a million calls: how many are a process's last, and before how many others go on.
    var kills = 0, others = 0, powerLosses = 0
  }

  let settings: DeliverySettings
  let spooling: SpoolSettings
  private(set) var machine: SimulatedMachine!
  private(set) var processes: [SimulatedProcess] = []
  private(set) var books: SpoolBooks
  private(set) var log = SimulationLog()
  var chaos = Chaos()
  var endpoint = SpoolEndpoint()
  private let configuration: Configuration
  private var random: Random
  private var depth = 0
  private(set) var kills = 0
  private(set) var powerLosses = 0

  var violations: [String] { log.violations }
  var now: Int64 { machine.now }
  var running: [SimulatedProcess] { processes.filter { $0.isRunning } }

  init(_ settings: DeliverySettings, _ spooling: SpoolSettings, seed: UInt64) {
    (self.settings, self.spooling) = (settings, spooling)
    random = Random(seed: seed)
    books = SpoolBooks(settings, spooling)
    configuration = SpoolSimulation.configuration
    machine = SimulatedMachine(self, Random(seed: random.next()))
  }

  deinit { for process in processes { machine.end(process.owner) } }

  private static let configuration: Configuration = {
    do { return try Configuration(options([(.apiKey, "key"), (.logLevel, "off")])) } catch { fatalError("\(error)") }
  }()

  // MARK: What the hosts do

  func start(_ change: (inout SpoolSettings) -> Void = { _ in }) -> SimulatedProcess {
    var spooling = spooling
    change(&spooling)
    let process = SimulatedProcess(processes.count, configuration, settings, spooling, machine, seed: random.next())
    processes.append(process)
    note("process \(process.owner.number) starts")
    return process
  }

  /// Tracks one event.
  func track(_ process: SimulatedProcess, bytes: Int) {
    guard process.isRunning, !process.isClosing, now >= process.stoppedUntil else { return }
    let before = (machine.tracked, process.spool.unspooled.load(ordering: .relaxed))
    let event = books.begin(process.owner.number, now: now)
    note("process \(process.owner.number) tracks \(event)")
    machine.tracked = event
    process.depth += 1
    var refusal: Failure?
    do throws(Failure) {
      try process.delivery.enqueue(eventBody(id: "\(event)", length: bytes), process.spool, now: now)
    } catch {
      refusal = error
    }
    process.depth -= 1
    machine.tracked = before.0
    guard process.isRunning else { return }
    if let refusal {
      process.delivery.state.countRefused(refusal.status)
      books.refuse(event)
      return note("  refused: \(refusal.messageText)")
    }
    let isOnDisk = process.spool.unspooled.load(ordering: .relaxed) == before.1
    books.accept(event, isOnDisk: isOnDisk, isNameless: isNameless(process), &log)
    let isSending = process.spool.settings.sender == .own || process.spool.share.isSender || process.delivery.state.ownPending > 0
    if isSending && !process.hasSender { (process.hasSender, process.wakesAt) = (true, now) }
    if !process.delivery.isParked { process.wakesAt = min(process.wakesAt, now) }
    check(process)
  }

  /// A cleaner has removed what the process writes to, and the process has not seen it yet.
  private func isNameless(_ process: SimulatedProcess) -> Bool {
    guard let segment = process.spool.state.current else { return false }
    return process.owner.files[segment.pointee.descriptor]?.links == 0
  }

  /// Closes the client: what is not delivered in time stays on disk.
  func close(_ process: SimulatedProcess, timeout: Int64) {
    guard process.isRunning, process.depth == 0, now >= process.stoppedUntil else { return }
    note("process \(process.owner.number) closes")
    process.isClosing = true
    _ = process.delivery.life.close(until: now + timeout)
    let deadline = now + timeout
    process.wakesAt = now
    while process.isRunning, process.hasSender, process.delivery.state.ownPending > 0, now < deadline, log.violations.isEmpty {
      // The others go on meanwhile.
      process.depth += 1
      advance(by: max(1, min(nextDue(process), deadline) - now))
      process.depth -= 1
      if process.isRunning { turn(process) }
    }
    guard process.isRunning else { return }
    process.depth += 1
    // Their answers are not waited for.
    books.abort(process.requests.map { $0.event })
    process.requests = []
    while !process.delivery.state.abandon() {}
    collect(process)
    process.delivery.close(process.spool)
    process.depth -= 1
    guard process.isRunning else { return }
    check(process)
    expect(process.delivery.state.statistics.pending == 0, "something is pending after close")
    expect(process.owner.openFiles == 0, "a closed client still has \(process.owner.openFiles) files open, with their locks")
    process.hasEnded = true
    books.end(process.owner.number, now: now)
  }

  // MARK: What befalls them

  func kill(_ process: SimulatedProcess) {
    guard process.isRunning else { return }
    note("process \(process.owner.number) is killed")
    kills += 1
    collect(process)
    books.kill(process.owner.number, inFlight: process.requests.map { $0.event }, settings, now: now, &log)
    machine.end(process.owner)
  }

  func stop(_ process: SimulatedProcess, for duration: Int64) {
    note("process \(process.owner.number) is stopped for \(duration) ms")
    process.stoppedUntil = now + duration
    process.wasStopped = true
  }

  func losePower() {
    note("the power fails")
    powerLosses += 1
    let stopped = Set(processes.filter { $0.wasStopped }.map { $0.owner.number })
    books.losePower(now: now, hasFailedSyncs: machine.faults.sync > 0, stopped: stopped)
    for process in running { kill(process) }
    machine.losePower()
  }

  func boot() {
    note("the machine boots")
    for process in running { kill(process) }
    machine.boot()
    books.boot()
  }

  func clean() {
    note("a cleaner removes the folder")
    machine.clean()
    books.clean()
  }

  func setWall(by duration: Int64) {
    machine.wall += duration
    books.hasSetWall = true
  }

  /// Lets the time pass, with all that falls due in it.
  func advance(by duration: Int64) {
    let until = now + duration
    while log.violations.isEmpty {
      let due = processes.filter { isReady($0) }.min { (nextDue($0), $0.owner.number) < (nextDue($1), $1.owner.number) }
      guard let due, nextDue(due) <= until else { break }
      if nextDue(due) > now { machine.advance(by: nextDue(due) - now) }
      turn(due)
    }
    if until > now { machine.advance(by: until - now) }
  }

  private func isReady(_ process: SimulatedProcess) -> Bool { process.isRunning && process.hasSender && process.depth == 0 }

  private func nextDue(_ process: SimulatedProcess) -> Int64 {
    max(process.requests.reduce(process.wakesAt) { min($0, $1.endsAt) }, process.stoppedUntil)
  }

  // MARK: The sender's turn

  private func turn(_ process: SimulatedProcess) {
    process.depth += 1
    process.isTurning = true
    defer {
      process.depth -= 1
      process.isTurning = false
    }
    startAll(process)
    landAll(process)
    let pause = process.delivery.tendSpool(process.spool)
    guard process.isRunning else { return }
    collect(process)
    check(process)
    process.delivery.isParked = process.delivery.state.wantsWaking(now: now)
    let due = process.delivery.state.nextTime(now: now) ?? .max
    process.wakesAt = min(now + min(pause, 3_600_000), process.delivery.state.sleep(until: due, now: now))
    // A turn takes a moment.
    machine.advance(by: 1)
  }

  private func startAll(_ process: SimulatedProcess) {
    for _ in 0..<Delivery.batch {
      guard let assignment = process.delivery.state.next(now: now) else { return }
      let event = Int(string(assignment.event.escapedID)) ?? -1
      let (result, delay) = endpoint.answer(event, &random)
      let isTwice = processes.contains { $0.isRunning && $0.requests.contains { $0.event == event } }
      expect(!isTwice, "event \(event) is sent by two processes at once")
      note("process \(process.owner.number) sends \(event): \(result.brief)")
      // The endpoint takes it when it comes; whoever sent it may be killed before the answer.
      books.send(event, by: process.owner.number, result, now: now, &log)
      process.requests.append(.init(number: assignment.number, event: event, endsAt: now + delay, result: result))
    }
  }

  private func landAll(_ process: SimulatedProcess) {
    while let index = process.requests.firstIndex(where: { $0.endsAt <= now }) {
      let request = process.requests.remove(at: index)
      process.delivery.state.finish(request.number, request.result, OutcomeDetails(), now: now)
      if request.result.httpStatus != 0 { books.answered(request.event, request.result) }
    }
    collect(process)
  }

  private func collect(_ process: SimulatedProcess) {
    for report in process.delivery.state.takeReports() {
      books.report(Int(report.id) ?? -1, report.outcome, process.owner.number, now: now, &log)
    }
  }

  // MARK: Between system calls

  func interrupts(_ owner: SimulatedOwner) {
    let process = processes[owner.number]
    if happens(chaos.kills) { return kill(process) }
    if happens(chaos.powerLosses) { return losePower() }
    guard depth < 3, happens(chaos.others) else { return }
    depth += 1
    defer { depth -= 1 }
    switch random.next() % 6 {
    case 0:
      // Whoever is within a call stands still meanwhile.
      for process in processes where process.depth > 0 { process.wasStopped = true }
      advance(by: Int64(random.next() % 20_000))
    case 1: advance(by: Int64(random.next() % 100))
    case 2: trackBeside(process)
    default:
      guard let other = running.filter({ $0.depth == 0 }).randomElement(using: &random) else { return }
      switch random.next() % 4 {
      case 0, 1: track(other, bytes: 80 + Int(random.next() % 300))
      case 2: if isReady(other), now >= other.stoppedUntil { turn(other) }
      default: close(other, timeout: 0)
      }
    }
  }

  /// Another thread of the process calls `track` while the sender waits for the disk. (On this one thread, it cannot wait for the other,
  /// nor open the folder anew.)
  private func trackBeside(_ process: SimulatedProcess) {
    let spool = process.spool
    guard process.isRunning, !process.owner.isListing, !spool.syncs.isUnderWay, spool.mutex.tryLock() else { return }
    spool.mutex.unlock()
    guard process.isTurning, spool.isPrepared, !isNameless(process) else { return }
    let before = chaos
    (chaos.kills, chaos.powerLosses) = (0, 0)
    defer { chaos = before }
    track(process, bytes: 80 + Int(random.next() % 300))
  }

  private func happens(_ perMillion: Int) -> Bool { perMillion > 0 && random.next() % 1_000_000 < UInt64(perMillion) }

  func noted(_ event: Int?, _ state: UInt8, isWritten: Bool) {
    note("  \(event.map { "\($0)" } ?? "nothing") is noted as \(RecordState(byte: state))\(isWritten ? "" : ", and the disk refuses")")
    books.note(event, state, isWritten: isWritten, now: now, &log)
  }

  func tells(_ what: String) { note("  " + what) }

  func violates(_ what: String) { log.expect(false, now, what) }

  // MARK: Checks

  private func check(_ process: SimulatedProcess) {
    let found = process.delivery.state.statistics
    let ended = found.delivered + found.rejected + found.expired + found.abandoned
    expect(found.accepted + found.adopted == ended + found.pending + found.spooled, "the counters do not balance: \(found)")
    expect(found.pending <= UInt64(settings.maximumEvents), "a bound of the queue was passed")
    expect(process.delivery.state.undelivered >= 0, "more events are on disk than there are")
  }

  /// What nobody has sent is sent now, by one last process; then every event has an end and the folder is empty.
  func finish(drains: Bool) {
    (chaos, machine.faults, machine.limit, endpoint) = (Chaos(), DiskFaults(), SpoolPlace.segmentBytes, SpoolEndpoint())
    for process in running {
      process.stoppedUntil = 0
      close(process, timeout: random.pick([0, 1000, 100_000]))
    }
    guard log.violations.isEmpty else { return }
    if drains { drain() } else { sendTheRest() }
    let names = machine.folder?.names.count ?? 0
    expect(names == 0, "\(names) files are left: \(machine.folder?.names.keys.sorted() ?? [])")
    books.finish(setAside: machine.folder?.setAside.flatMap { Array($0.records.values) } ?? [], kills: kills, now: now, &log)
  }

  /// As `tpc-events spool drain` does it.
  private func drain() {
    let last = start { ($0.drains, $0.sender) = (true, .own) }
    _ = last.spool.disk.prepare()
    (last.spool.isPrepared, last.spool.share.nextLook, last.hasSender, last.wakesAt) = (true, 0, true, now)
    for _ in 0..<200 where !isEmpty || last.delivery.state.statistics.pending > 0 { advance(by: 10_000) }
    close(last, timeout: 60_000)
  }

  /// As any process does that goes on tracking.
  private func sendTheRest() {
    let last = start { ($0.drains, $0.sender) = (false, .own) }
    for _ in 0..<200 where !isEmpty || last.delivery.state.statistics.pending > 0 {
      if !isEmpty { track(last, bytes: 100) }
      advance(by: 60_000)
    }
    close(last, timeout: 60_000)
    if !isEmpty { drain() }
  }

  private var isEmpty: Bool { machine.folder?.names.isEmpty ?? true }

  /// Keeps all that happens, rather than the last of it.
  func trace() { log.isComplete = true }

  private func note(_ what: @autoclosure () -> String) { log.note(now, what()) }

  func expect(_ holds: Bool, _ what: @autoclosure () -> String) { log.expect(holds, now, what()) }
}
