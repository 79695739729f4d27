// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// The sender thread: one a client and process. It carries out with libcurl what `DeliveryState` decides; while it waits for the
/// network it holds no lock.
extension Delivery {
  /// As many at a time, so that callers of `track` never wait for long.
  private static let batch = 32

  /// The sender: carries out what the state decides. One turn a loop, until close.
  func run() {
    Thread.nameCurrent("tpc-sender")
    guard let transport else { return }
    while let timeout = turn() {
      CurlGate.enter()
      startAll(transport)
      transport.perform()
      let hasFinished = finishAll(transport)
      CurlGate.leave()
      if !hasFinished && timeout > 0 { transport.wait(timeoutMilliseconds: timeout) }
    }
    CurlGate.enter()
    transport.abortAll()
    CurlGate.leave()
    settle()
    // The last thing: libcurl may wait in there, for a resolver that hangs (before 7.87).
    CurlGate.enter()
    transport.close()
    CurlGate.leaveBeforeThreadEnd()
    end()
  }

  /// Takes what may start into `starting`. Returns how long to wait for something to happen; nil when it is time to end.
  private func turn() -> Int64? {
    let now = Clock.monotonic()
    mutex.lock()
    defer { mutex.unlock() }
    isParked = false
    guard case .deliver(let deadline) = life.turn(pending: state.statistics.pending, now: now) else { return nil }
    let pendingBefore = state.statistics.pending
    while starting.count < Delivery.batch, starting.reserve(1), let assignment = state.next(now: now) {
      _ = starting.append(assignment)
    }
    // Events that expired have ended, too.
    if state.statistics.pending != pendingBefore { announce() }
    if starting.count > 0 {
      _ = state.sleep(until: now, now: now)
      return 0
    }
    isParked = state.wantsWaking(now: now)
    let next = min(state.nextTime(now: now) ?? Int64.max, deadline)
    let back = state.sleep(until: next, now: now)
    return back == Int64.max ? 3_600_000 : max(0, back - now)
  }

  private func startAll(_ transport: Transport) {
    guard starting.count > 0 else { return }
    let now = Clock.monotonic()
    for index in 0..<starting.count {
      guard let assignment = starting[index] else { continue }
      if transport.start(assignment.number, assignment.event.bytes) { continue }
      mutex.lock()
      state.finish(assignment.number, RequestResult(isOurs: true), Delivery.noMemory, now: now)
      mutex.unlock()
    }
    starting.removeAll()
  }

  private static var noMemory: OutcomeDetails {
    OutcomeDetails(code: Bytes("network"), message: Bytes("memory ran out for the request"))
  }

  private static var refusedTunnel: OutcomeDetails {
    OutcomeDetails(code: Bytes("proxy"), message: Bytes("the proxy refuses to connect to the endpoint"))
  }

  /// Takes in the requests that have ended. `false` when there were none.
  private func finishAll(_ transport: Transport) -> Bool {
    guard var finished = transport.nextFinished() else { return false }
    let now = Clock.monotonic()
    while true {
      finish(finished, now)
      guard let next = transport.nextFinished() else { break }
      finished = next
    }
    mutex.lock()
    announce()
    mutex.unlock()
    return true
  }

  private func finish(_ finished: Transport.FinishedRequest, _ now: Int64) {
    let transfer = finished.transfer
    var result = transfer.result(finished.code)
    if result.isSuccess {
      let acceptance = finished.code == CURLE_OK ? Acceptance(transfer.body.bytes) : nil
      result.isOdd = acceptance == nil
      var words = OutcomeDetails()
      if let acceptance { words.receivedAt = acceptance.receivedAt }
      return finish(transfer, result, words, now)
    }
    if result.isFromProxy { return finish(transfer, result, Delivery.refusedTunnel, now) }
    if result.httpStatus == 0 { return finish(transfer, result, Delivery.networkError(finished.code), now) }
    // Only reports tell what the server said.
    let body = ErrorBody(configuration.delivery.reportCapacity > 0 ? transfer.body.bytes : Bytes(""))
    finish(transfer, result, body.words, now)
  }

  private func finish(_ transfer: Transfer, _ result: RequestResult, _ words: OutcomeDetails, _ now: Int64) {
    mutex.lock()
    let (wasOpen, wasMisconfigured) = (state.breaker.isOpen, state.breaker.isMisconfigured)
    let openings = state.breaker.openings
    if result.httpStatus != 0 { state.connectionIs(multiplexed: transfer.isMultiplexed) }
    state.finish(transfer.number, result, words, now: now)
    let isOpen = state.breaker.isOpen
    let isMisconfigured = state.breaker.isMisconfigured
    let pending = Int(state.statistics.pending)
    let hasOpened = state.breaker.openings > openings
    mutex.unlock()
    // What fails may be the one server that the connections lead to: the next probe goes over a new one.
    if hasOpened { transport?.retireConnections() }
    // An outage may turn out to be a wrong key: that is worth a line of its own.
    if wasOpen != isOpen || isMisconfigured && !wasMisconfigured { log(isOpen, isMisconfigured, result, words, pending) }
  }

  private static func networkError(_ code: CURLcode) -> OutcomeDetails {
    var words = OutcomeDetails(code: Bytes("network"), message: Bytes(""))
    if let text = curl_easy_strerror(code) {
      words.message = Bytes(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))
    }
    return words
  }

  private static func advice(_ result: RequestResult) -> StaticString {
    if result.httpStatus == 407 { return ": check the user and password in the option proxy" }
    return result.isFromProxy ? ": check the option proxy, and whether it may connect there" : ": check the credential and base_url"
  }

  /// Once when events begin to wait, once when they flow again.
  private func log(_ isOpen: Bool, _ isMisconfigured: Bool, _ result: RequestResult, _ words: OutcomeDetails, _ pending: Int) {
    guard isOpen else {
      configuration.log.write(.info) {
        $0.add("the endpoint takes events again; pending: ")
        $0.add(pending)
      }
      return
    }
    configuration.log.write(isMisconfigured ? .error : .warn) {
      if result.httpStatus == 0 {
        $0.add("no answer from the endpoint (")
        $0.add(words.message)
        $0.add(")")
      } else {
        $0.add(result.isFromProxy || result.httpStatus == 407 ? "the proxy answers HTTP " : "the endpoint answers HTTP ")
        $0.add(result.httpStatus)
      }
      if isMisconfigured { $0.add(Delivery.advice(result)) }
      $0.add("; events are kept and tried again, pending: ")
      $0.add(pending)
    }
  }
}
