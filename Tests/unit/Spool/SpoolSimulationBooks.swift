// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// An endpoint that takes events, or not.
struct SpoolEndpoint {
  enum Mood: CaseIterable { case well, slow, silent, failing }

  var mood = Mood.well
  /// Every so many-th event is rejected, or fails for ever; 0 for none.
  var rejects = 0
  var fails = 0

  func answer(_ event: Int, _ random: inout Random) -> (RequestResult, Int64) {
    let delay = Int64(random.next() % 100)
    switch mood {
    case .silent: return (.silence, 10_000)
    case .failing: return (.answer(503), delay)
    case .well, .slow: break
    }
    if rejects > 0 && event % rejects == 0 { return (.answer(422), delay) }
    if fails > 0 && event % fails == 0 { return (.answer(500), delay) }
    return (.answer(200), mood == .slow ? delay * 50 : delay)
  }
}

/// What became of every event, over all processes: kept from what `track` returned, what the endpoint took and what was written down.
struct SpoolBooks {
  struct Event {
    let process: Int
    let trackedAt: Int64
    /// Nil while the call has not returned, or if its process was killed within it.
    var isAccepted: Bool?
    var isOnDisk = false
    /// How often the endpoint took it, and how often it may have.
    var taken = 0
    var allowed = 1
    /// Who sent it last, and whether the end is noted since then.
    var sender = -1
    var isNoted = true
    var isRejected = false
    var isExpired = false
    var isAbandoned = false
    /// Its record may be gone, or a refused one still there, for a reason that nobody can do anything about.
    var mayBeLost = false
    var mayReturn = false
    var boots: Int
  }

  private let settings: DeliverySettings
  private let spooling: SpoolSettings
  private(set) var events: [Event] = []
  private var boots = 0
  var hasSetWall = false
  private var hasBeenCleaned = false
  private var hasLostPower = false
  /// When a process ended: nobody writes to the disk itself what it wrote last.
  private var endedAt: [Int: Int64] = [:]
  private(set) var repeated = 0
  private(set) var expired = 0
  private(set) var rejected = 0
  private(set) var lost = 0

  init(_ settings: DeliverySettings, _ spooling: SpoolSettings) { (self.settings, self.spooling) = (settings, spooling) }

  // MARK: What track said

  mutating func begin(_ process: Int, now: Int64) -> Int {
    events.append(Event(process: process, trackedAt: now, boots: boots))
    return events.count - 1
  }

  mutating func accept(_ event: Int, isOnDisk: Bool, isNameless: Bool, _ log: inout SimulationLog) {
    events[event].isAccepted = true
    events[event].isOnDisk = isOnDisk
    // Until it looks again, a process does not see what a cleaner removed.
    if isNameless { events[event].mayBeLost = true }
    log.expect(!isNameless || hasBeenCleaned, 0, "event \(event) is accepted in a file that has no name")
  }

  mutating func refuse(_ event: Int) { events[event].isAccepted = false }

  // MARK: What the endpoint did

  mutating func send(_ event: Int, by process: Int, _ result: RequestResult, now: Int64, _ log: inout SimulationLog) {
    guard events.indices.contains(event) else { return log.expect(false, now, "event \(event) was never tracked") }
    let known = events[event]
    log.expect(known.isAccepted != false || known.mayReturn, now, "event \(event) was refused and is sent")
    guard result.isSuccess else { return }
    events[event].taken += 1
    (events[event].sender, events[event].isNoted) = (process, false)
    if known.taken > 0 { repeated += 1 }
    log.expect(known.taken < known.allowed, now, "event \(event) is delivered for the \(known.taken + 1). time; \(known.allowed) may be")
  }

  mutating func answered(_ event: Int, _ result: RequestResult) {
    if result.httpStatus == 422 {
      events[event].isRejected = true
      rejected += 1
    }
  }

  // MARK: What the processes said

  mutating func report(_ event: Int, _ outcome: Outcome, _ process: Int, now: Int64, _ log: inout SimulationLog) {
    switch outcome {
    case .delivered: log.expect(events[event].taken > 0, now, "event \(event) is reported as delivered and was not")
    case .rejected: log.expect(events[event].isRejected, now, "event \(event) is reported as rejected and was not")
    case .expired: expire(event, now: now, &log)
    case .abandoned:
      log.expect(!events[event].isOnDisk || hasBeenCleaned, now, "event \(event) is on disk and reported as abandoned")
      events[event].isAbandoned = true
    case .spooled: log.expect(events[event].isOnDisk || events[event].isAccepted == nil, now, "event \(event) is reported as spooled and is not on disk")
    }
  }

  private mutating func expire(_ event: Int, now: Int64, _ log: inout SimulationLog) {
    let known = events[event]
    events[event].isExpired = true
    expired += 1
    let isUnclear = hasSetWall && known.boots != boots
    let least = known.isOnDisk || known.isAccepted != true ? spooling.maximumAgeMilliseconds : settings.deliveryTimeoutMilliseconds
    log.expect(isUnclear || now - known.trackedAt >= least, now, "event \(event) expires after \(now - known.trackedAt) ms; \(least) are allowed")
  }

  /// The state of a record was written, or the disk refused it.
  mutating func note(_ event: Int?, _ state: UInt8, isWritten: Bool, now: Int64, _ log: inout SimulationLog) {
    guard let event, events.indices.contains(event) else { return }
    let known = events[event]
    switch RecordState(byte: state) {
    case .pending: log.expect(false, now, "event \(event) is noted as \(state)")
    case .delivered: log.expect(known.taken > 0, now, "event \(event) is noted as delivered and was not")
    case .rejected: log.expect(known.isRejected, now, "event \(event) is noted as rejected and was not")
    case .expired: if !known.isExpired { expire(event, now: now, &log) }
    case .purged:
      log.expect(known.isAccepted != true, now, "event \(event) was accepted and is purged")
      if !isWritten { events[event].mayReturn = true }
    }
    if isWritten { events[event].isNoted = true } else { events[event].allowed += 1 }
  }

  // MARK: What befell them

  mutating func kill(_ process: Int, inFlight: [Int], _ settings: DeliverySettings, now: Int64, _ log: inout SimulationLog) {
    end(process, now: now)
    var unnoted = 0
    for index in events.indices {
      if events[index].process == process {
        if !events[index].isOnDisk { events[index].mayBeLost = true }
        if events[index].isAccepted == nil { events[index].mayReturn = true }
      }
      if events[index].sender == process && !events[index].isNoted && events[index].taken == events[index].allowed {
        events[index].allowed += 1
        if events[index].isOnDisk && !events[index].mayBeLost { unnoted += 1 }
      }
    }
    let bound = inFlight.count + max(Delivery.batch, settings.maximumInFlight)
    log.expect(unnoted <= bound, now, "\(unnoted) delivered events were not noted when process \(process) was killed; at most \(bound) may be")
  }

  /// A client was closed while these were in flight: nobody knows whether the endpoint took them.
  mutating func abort(_ inFlight: [Int]) {
    for event in inFlight where events[event].taken > 0 { events[event].allowed += 1 }
  }

  mutating func losePower(now: Int64, hasFailedSyncs: Bool, stopped: Set<Int>) {
    boots += 1
    hasLostPower = true
    for index in events.indices {
      if events[index].taken > 0 { events[index].allowed += 1 }
      if events[index].isAccepted == false { events[index].mayReturn = true }
      let isSynced =
        switch spooling.sync {
        case .none: false
        case .always: true
        case .interval:
          spooling.sender == .own && !hasFailedSyncs && !stopped.contains(events[index].process)
            && events[index].trackedAt < (endedAt[events[index].process] ?? now) - 3_000
        }
      if !isSynced { events[index].mayBeLost = true }
    }
  }

  mutating func boot() { boots += 1 }

  mutating func end(_ process: Int, now: Int64) { endedAt[process] = now }

  /// What lies in the folder is gone; a process that still has an event in memory delivers it, if it lives.
  mutating func clean() {
    hasBeenCleaned = true
    for index in events.indices where events[index].isAccepted != false {
      events[index].mayBeLost = true
      events[index].allowed += 1
    }
  }

  // MARK: The end

  mutating func finish(setAside: [Int], kills: Int, now: Int64, _ log: inout SimulationLog) {
    let isDoubtful = hasLostPower || kills >= 5
    log.expect(setAside.isEmpty || isDoubtful || setAside.allSatisfy { hasEnd($0) }, now, "events \(setAside) were set aside without a reason")
    for index in events.indices where events[index].isAccepted == true && !hasEnd(index) {
      let event = events[index]
      let isKnown = event.mayBeLost || event.isAbandoned || isDoubtful && setAside.contains(index)
      log.expect(isKnown, now, "event \(index) was accepted and never ended: \(event)")
      lost += 1
    }
  }

  private func hasEnd(_ event: Int) -> Bool {
    guard events.indices.contains(event) else { return false }
    return events[event].taken > 0 || events[event].isRejected || events[event].isExpired
  }
}
