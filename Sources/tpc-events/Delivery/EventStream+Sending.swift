// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Sending the event of a line, or telling why there is none.
extension EventStream {
  /// Sends the event of a line, after waiting for room in the queue. `false` when the run was interrupted.
  func send(_ visit: Visit, of line: InputLine) -> Bool { send(visit.event, of: line) }

  func send(_ visit: UnsafeMutablePointer<PageVisit>, of line: InputLine) -> Bool {
    counts.events += 1
    do throws(Failure) {
      switch destination {
      case .output(let preview): try show(visit, with: preview)
      case .rehearsal(let client):
        let (body, leftOut) = try client.body(of: visit.pointee)
        show(leftOut == nil ? body : nil)
      case .endpoint(let client): try send(visit, of: line, with: client)
      case .spool(let client):
        if case .queued = try write(visit, with: client) {} else { counts.leftOut += 1 }
      }
    } catch {
      // A line for which there was no room is one of those with which the run is to go on.
      if stop != nil, error.status == .closed {
        counts.events -= 1
        hasLineLeft = true
        answered.hold(line.number)
      } else {
        // Of an event that did not come to the endpoint's queue or onto the disk, nothing is known.
        if error.status == .closed || error.status == .system { answered.hold(line.number) }
        refuse(line, error)
      }
    }
    sinceTick += 1
    return stop == nil && (sinceTick < 64 || tick())
  }

  func send(_ visit: UnsafeMutablePointer<PageVisit>, of line: InputLine, with client: Client) throws(Failure) {
    id.truncate(to: 0)
    try visit.pointee.identify(into: &id)
    var text = line.text
    var completed: Bytes?
    if rejected != nil, case .event = kept {
      let (body, leftOut) = try client.body(of: visit.pointee)
      guard leftOut == nil else {
        counts.leftOut += 1
        return
      }
      // These very bytes are sent: their time is not that of another call.
      (text, completed) = (body, body)
    }
    switch try track(visit, completed, with: client) {
    case .queued:
      answered.hold(line.number)
      outstanding.add(id: id.bytes, number: line.number, text: rejected == nil ? nil : text)
    case .sampledOut, .leftOut, .disabled: counts.leftOut += 1
    }
  }

  /// Counts and reports a line from which no event could be built.
  func sendNothing(of line: InputLine, because failure: Failure) {
    counts.events += 1
    refuse(line, failure)
  }

  func show(_ visit: UnsafeMutablePointer<PageVisit>, with preview: EventPreview) throws(Failure) {
    var json = ByteBuffer()
    show(try preview.append(visit.pointee, to: &json) ? json.bytes : nil)
  }

  /// Nil for an event that the options leave out.
  func show(_ json: Bytes?) {
    guard let json else {
      counts.leftOut += 1
      return
    }
    counts.shown += 1
    Output.standard.put(json: json)
    Output.standard.put("\n")
  }

  /// Waits while there may be more events in the queue than reports can be kept for, and while the queue is full.
  func track(_ visit: UnsafeMutablePointer<PageVisit>, _ json: Bytes?, with client: Client) throws(Failure) -> TrackResult {
    while outstanding.count >= reportCapacity || answered.kept >= EventStream.mostKept, stop == nil { wait(for: client) }
    while true {
      if stop != nil { throw .closed }
      do throws(Failure) {
        if let json { return try client.track(json: json) }
        return try client.track(visit.pointee)
      } catch {
        // An event for which the whole queue is too small would wait forever.
        guard error.status == .queueFull, outstanding.count > 0 else { throw error }
        let enough = outstanding.count - max(1, outstanding.count / 8)
        while outstanding.count > enough, stop == nil { wait(for: client) }
      }
    }
  }

  /// Writes an event into the spool. A disk that fails is given some time, once a run: there may be a million lines.
  func write(_ visit: UnsafeMutablePointer<PageVisit>, with client: Client) throws(Failure) -> TrackResult {
    while true {
      do throws(Failure) {
        return try client.track(visit.pointee)
      } catch {
        guard error.status == .system, diskPatience > 0, !interruption.check() else { throw error }
        diskPatience -= EventStream.waitMilliseconds
        interruption.wait(milliseconds: EventStream.waitMilliseconds)
      }
    }
  }

  func refuse(_ line: InputLine, _ failure: Failure) {
    if isSpooled && failure.status == .system { counts.unwritten += 1 } else { counts.refused += 1 }
    failure.field.withUnsafeBufferPointer { pointer in
      failure.message.withUnsafeBufferPointer { reason in
        complain(line: line.number, pointer: pointer, reason: reason, text: line.text, cutBytes: line.cutBytes)
      }
    }
  }

  func complain(line number: Int, pointer: Bytes, reason: Bytes, text: Bytes, cutBytes: Int = 0) {
    progress.clear()
    let place = lines.place(of: number)
    complaints.add(line: place.number, of: place.file, pointer: pointer, reason: reason)
    rejected?.write(place, pointer, reason, text: text, cutBytes: cutBytes)
  }
}
