// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX

/// The sender thread, one per client and process. It performs with libcurl what `DeliveryState` decides, and holds no
/// lock while it waits for the network.
extension Delivery {
  /// The most requests taken under one lock, so that callers of `track` never wait for long.
  static let batch = 32

  /// The sender's loop. One turn per round, until close.
  func run() {
    Thread.nameCurrent("tpc-sender")
    guard let transport else { return }
    let (verifier, keys) = (configuration.completion.verifier, configuration.completion.keys)
    var next = firstTurn()
    while let timeout = next {
      var pause = verifier?.look(now: Clock.monotonic(), configuration.log) ?? timeout
      if let keys { pause = min(pause, keys.look(now: Clock.monotonic(), configuration.log)) }
      CurlGate.enter()
      startAll(transport)
      transport.perform()
      let hasFinished = finishAll(transport)
      CurlGate.leave()
      if let spool { pause = min(pause, tendSpool(spool)) }
      if !hasFinished && timeout > 0 { transport.wait(timeoutMilliseconds: min(timeout, pause)) }
      next = turn()
    }
    CurlGate.enter()
    transport.abortAll()
    CurlGate.leave()
    settle()
    // Comes last, because libcurl may wait in it for a resolver that hangs (before 7.87).
    CurlGate.enter()
    transport.close()
    CurlGate.leaveBeforeThreadEnd()
    end()
  }

  /// The first turn, and all that it uses for the first time. Forks wait for it: where the core is compiled with Swift's runtime, that
  /// makes generic types under a lock which would stay taken in a child.
  private func firstTurn() -> Int64? {
    #if !hasFeature(Embedded)
      CurlGate.enter()
      defer { CurlGate.leave() }
    #endif
    return turn()
  }

  /// Moves the requests that may start into `starting`. Returns how many milliseconds to wait for something to happen;
  /// nil when it is time to end.
  private func turn() -> Int64? {
    let now = Clock.monotonic()
    mutex.lock()
    defer { mutex.unlock() }
    isParked = false
    guard case .deliver(let deadline) = life.turn(pending: state.awaited, now: now) else { return nil }
    // A close begins no request with an event that was taken over.
    guard life.isOpen || state.ownPending > 0 else { return 100 }
    let pendingBefore = state.statistics.pending
    while starting.count < Delivery.batch, starting.reserve(1), let assignment = state.next(now: now) {
      _ = starting.append(assignment)
    }
    // Events may have ended by expiring: then there may be nothing left to deliver, and nobody waits for it who would say so.
    let hasExpired = state.statistics.pending != pendingBefore
    if hasExpired { announce() }
    if starting.count > 0 || hasExpired {
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

  /// Handles the requests that have finished. `false` if there are none.
  private func finishAll(_ transport: Transport) -> Bool {
    guard var finished = transport.nextFinished() else { return false }
    let now = Clock.monotonic()
    while true {
      finish(finished, now: now)
      guard let next = transport.nextFinished() else { break }
      finished = next
    }
    mutex.lock()
    announce()
    mutex.unlock()
    return true
  }

  private func finish(_ finished: Transport.FinishedRequest, now: Int64) {
    let transfer = finished.transfer
    var result = transfer.result(finished.code)
    if result.isSuccess {
      let acceptance = finished.code == CURLE_OK ? Acceptance(transfer.body.bytes) : nil
      result.isOdd = acceptance == nil
      var words = OutcomeDetails()
      if let acceptance { words.receivedAt = acceptance.receivedAt }
      return finish(transfer, result: result, words: words, now: now)
    }
    if result.isFromProxy { return finish(transfer, result: result, words: Delivery.refusedTunnel, now: now) }
    if result.httpStatus == 0 {
      return finish(transfer, result: result, words: Delivery.networkError(finished.code), now: now)
    }
    // The server's text is only needed for reports, and for the log when the configuration is wrong.
    let body = ErrorBody(configuration.delivery.reportCapacity > 0 || result.isRefusal ? transfer.body.bytes : Bytes(""))
    let words = body.words.withheld(ifShowing: configuration.transport.credentials)
    finish(transfer, result: result, words: words, now: now)
  }

  private func finish(_ transfer: Transfer, result: RequestResult, words: OutcomeDetails, now: Int64) {
    mutex.lock()
    if result.httpStatus != 0 { state.connectionIs(multiplexed: transfer.isMultiplexed) }
    let circuit = state.finish(transfer.number, result, words, now: now)?.circuit ?? .unchanged
    let pending = Int(state.statistics.pending)
    mutex.unlock()
    switch circuit {
    case .unchanged: break
    case .closed: logRecovery(pending: pending)
    case .opened(let isMisconfigured):
      // The failure may be that of the one server that the connections lead to: probe over a new connection.
      transport?.retireConnections()
      logOutage(result, words: words, isMisconfigured: isMisconfigured, pending: pending)
    case .stayedOpen(let showsMisconfiguration):
      transport?.retireConnections()
      // An outage may turn out to be a wrong key, which is worth another line.
      if showsMisconfiguration { logOutage(result, words: words, isMisconfigured: true, pending: pending) }
    }
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
    if result.isFromProxy { return ": check the option proxy, and whether it may connect there" }
    return result.isRefusal
      ? ": check the credential and base_url, the key's scope analytics:write, organization and product"
      : ": check the credential and base_url"
  }

  private func logRecovery(pending: Int) {
    configuration.log.write(.info) {
      $0.add("the endpoint takes events again; pending: ")
      $0.add(pending)
    }
  }

  private func logOutage(_ result: RequestResult, words: OutcomeDetails, isMisconfigured: Bool, pending: Int) {
    configuration.log.write(isMisconfigured ? .error : .warn) {
      if result.httpStatus == 0 {
        $0.add("no answer from the endpoint (")
        $0.add(words.message)
        $0.add(")")
      } else {
        $0.add(result.isFromProxy || result.httpStatus == 407 ? "the proxy answers HTTP " : "the endpoint answers HTTP ")
        $0.add(result.httpStatus)
        if result.isRefusal { $0.add(answer: words) }
      }
      if isMisconfigured { $0.add(Delivery.advice(result)) }
      $0.add("; events are kept and tried again, pending: ")
      $0.add(pending)
    }
  }
}
