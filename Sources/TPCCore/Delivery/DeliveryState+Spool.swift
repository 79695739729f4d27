// SPDX-License-Identifier: Apache-2.0

/// Events on disk: those that stay there, those that are taken over from there, and what is to be noted there.
extension DeliveryState {
  /// Accepts an event that stays on disk, for whoever sends next from there; nil if it is not there.
  @inline(never)
  mutating func leave(_ body: EventWorkspace, _ place: SpoolPlace) -> Intake? {
    guard place.isOnDisk, let start = body.bytes.baseAddress else { return nil }
    accepted += 1
    statistics.accepted += 1
    statistics.count(.spooled)
    // It is only reported, and does not wait.
    let event = QueuedEvent(body.bytes, id: body.id, in: UnsafeMutablePointer(mutating: start), sequence: accepted, expiresAt: 0, place: place)
    report(event, .spooled, OutcomeDetails())
    return .spooled
  }

  /// Whoever accepted an adopted event is gone: nobody waits for its report, unless it was asked for.
  mutating func report(_ event: QueuedEvent, _ outcome: Outcome, _ words: OutcomeDetails) {
    guard reports.isKept, !event.isAdopted || settings.reportsAdopted else { return }
    let said = !words.isEmpty ? words : lastFailure.isNoted ? lastFailure.words : OutcomeDetails(outcome)
    statistics.reportsDropped += reports.append(event, outcome, outcome == .delivered ? words : said)
  }

  /// Whether events may be taken over: the endpoint works as far as is known, and there is little of this process's own to send.
  var isCalm: Bool { !breaker.isOpen && ownPending < UInt64(max(1, settings.maximumEvents / 4)) }

  /// Takes over an event from disk, by copying its bytes. `false` if there is no room now: a quarter of the queue is for these.
  /// One that is larger than the queue is taken alone, since all others wait behind it.
  mutating func adopt(_ body: Bytes, id: (offset: Int, length: Int), place: SpoolPlace, expiresInMilliseconds: Int64, now: Int64) -> Bool {
    guard spooled.adopted < max(1, settings.maximumEvents / 4), spooled.adoptedBytes < settings.maximumBytes / 4,
      statistics.pending == 0 || hasRoom(for: body.count), spooled.reserve(place), let memory = bodies.take(body.count)
    else { return false }
    suspended.wakes(now: now)
    let event = QueuedEvent(
      body, id: id, in: memory, sequence: QueuedEvent.adopted, expiresAt: now &- suspended.totalMilliseconds &+ expiresInMilliseconds,
      place: place)
    guard queue.appendAdopted(event) else {
      bodies.release(memory, body.count)
      return false
    }
    spooled.add(adopted: event)
    statistics.adopted += 1
    statistics.pending += 1
    statistics.queueBytes += UInt64(body.count)
    return true
  }

  /// Counts an event on disk that had expired when it was found.
  mutating func countExpiredOnDisk() {
    statistics.adopted += 1
    statistics.count(.expired)
  }

  /// The pending events that would be lost with this process.
  var undelivered: Int { Int(statistics.pending) &- spooled.count }

  /// Takes up to `batch` events that ended and are on disk, for the sender to note there.
  mutating func takeAcknowledgements(into list: inout GrowableArray<Acknowledgement>) {
    while list.count < DeliveryState.batch, list.reserve(1), let next = spooled.takeAcknowledgement() { _ = list.append(next) }
  }

  /// The file with that serial is lost: its events are in memory only.
  mutating func forget(serial: UInt64) {
    var lost = 0
    func forget(_ event: inout QueuedEvent) {
      guard event.place.isOnDisk, event.place.serial == serial else { return }
      event.place = .none
      lost &+= 1
    }
    queue.forEach(forget)
    requests.forEach(forget)
    spooled.lose(lost)
    statistics.unspooled &+= UInt64(lost)
  }
}
