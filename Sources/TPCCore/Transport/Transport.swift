// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX

/// Performs requests with libcurl. Used only by the sender thread, except for `wake`.
///
/// Requests start in one pool of connections. The pool is retired when one of its connections was silent for a whole
/// request, when the endpoint fails, or when it is old, so that the host's name is looked up again. New requests then
/// start in a fresh pool, and those in progress finish where they are. libcurl itself would keep a silent HTTP/2
/// connection and send the next request on it.
final class Transport {
  private let settings: TransportSettings
  private let headers: UnsafeMutablePointer<curl_slist>
  /// The addresses of the endpoint's host, if they are fixed (`Endpoint.pinned`).
  private let addresses: UnsafeMutablePointer<curl_slist>?
  private let wakeUp: WakeUp
  private var pool: ConnectionPool
  /// Retired pools with requests still in progress. A request stays in a pool at most for its timeout, and a pool is
  /// retired for silence only after that, so there are rarely two.
  private var retired = InlineArray<4, ConnectionPool?>(repeating: nil)
  /// Indexed by the number of the request that each one carries.
  private var transfers: [Transfer?] = []
  /// When to check next for requests that libcurl has forgotten (`Clock.monotonic`).
  private var nextWatch: Int64 = 0


  private static let maximumAgeMilliseconds: Int64 = 300_000
  /// How long the sender waits on the current pool before it looks after retired ones again.
  private static let retiredPollMilliseconds: Int64 = 20
  private static let watchIntervalMilliseconds: Int64 = 500
  private var isClosed = false

  /// A request that has finished.
  struct FinishedRequest {
    let transfer: Transfer
    let code: CURLcode
  }

  /// Sets up libcurl and its TLS library, once per process, on a thread of the caller: they read the environment, and
  /// files.
  static var isReady: Bool {
    CurlSetup.run { StandardStreams.whileTaken { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK } }
  }

  /// Nil when memory or descriptors ran out. Everything that can fail happens before the object exists: in an Embedded
  /// build, an object whose initializer fails is never freed.
  convenience init?(_ settings: TransportSettings) {
    guard Transport.isReady, let wakeUp = WakeUp(), let headers = Transport.list(settings.headers) else { return nil }
    let addresses = settings.pinned.flatMap { Transport.list([$0]) }
    guard settings.pinned == nil || addresses != nil, let pool = ConnectionPool(settings, own: wakeUp.descriptor) else {
      curl_slist_free_all(headers)
      curl_slist_free_all(addresses)
      return nil
    }
    self.init(settings, headers, addresses, wakeUp, pool)
  }

  private init(
    _ settings: TransportSettings, _ headers: UnsafeMutablePointer<curl_slist>,
    _ addresses: UnsafeMutablePointer<curl_slist>?, _ wakeUp: consuming WakeUp, _ pool: ConnectionPool
  ) {
    self.settings = settings
    self.headers = headers
    self.addresses = addresses
    self.wakeUp = wakeUp
    self.pool = pool
  }

  /// Nil when memory ran out.
  private static func list(_ texts: [[CChar]]) -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>?
    for text in texts {
      guard let longer = curl_slist_append(list, text) else {
        curl_slist_free_all(list)
        return nil
      }
      list = longer
    }
    return list
  }

  /// Frees everything that belongs to libcurl. Called by the sender, inside the gate, when it will make no more calls
  /// here.
  func close() {
    abortAll()
    transfers.removeAll()
    pool.close()
    curl_slist_free_all(headers)
    curl_slist_free_all(addresses)
    isClosed = true
  }

  /// A transport that was not closed has never been used: its sender could not be started.
  deinit { if !isClosed { close() } }

  private var hasRetired: Bool {
    for index in retired.indices where retired[index] != nil { return true }
    return false
  }

  /// Starts a request, which has the whole of `request_timeout_ms`. `body` must stay valid until it has finished.
  /// `false` when memory ran out.
  func start(_ number: Int, _ body: Bytes) -> Bool {
    let now = Clock.coarseMonotonic()
    if now - pool.madeAt >= Transport.maximumAgeMilliseconds { retire(pool) }
    guard let transfer = transfer(number) else { return false }
    transfer.prepare(body, addresses: addresses, timeoutMilliseconds: settings.requestTimeoutMilliseconds, now: now)
    return pool.start(transfer)
  }

  private func transfer(_ number: Int) -> Transfer? {
    while transfers.count <= number { transfers.append(nil) }
    if let known = transfers[number] { return known }
    transfers[number] = Transfer(number: number, settings, headers: headers)
    return transfers[number]
  }

  func perform() {
    if pool.running > 0 { pool.perform() }
    for index in retired.indices { retired[index]?.perform() }
  }

  /// Removes and returns a request that has finished; nil if there is none.
  func nextFinished() -> FinishedRequest? {
    if let ended = pool.nextFinished() { return finished(ended.transfer, ended.code, in: pool) }
    for index in retired.indices {
      guard let old = retired[index] else { continue }
      if let ended = old.nextFinished() { return finished(ended.transfer, ended.code, in: old) }
      if old.running == 0 { closeRetired(index) }
    }
    return nextForgotten()
  }

  private func finished(_ transfer: Transfer, _ code: CURLcode, in pool: ConnectionPool) -> FinishedRequest {
    if transfer.metSilence(code) { retire(pool) }
    return FinishedRequest(transfer: transfer, code: code)
  }

  /// A request that should have timed out long ago. Some versions of libcurl forget requests that wait for a connection
  /// (8.1.0; curl/curl#13227); these are finished here, without an answer.
  private func nextForgotten() -> FinishedRequest? {
    let now = Clock.coarseMonotonic()
    guard now >= nextWatch else { return nil }
    for case let transfer? in transfers where transfer.isOverdue(now: now) {
      guard let pool = transfer.pool else { continue }
      pool.remove(transfer)
      retire(pool)
      return FinishedRequest(transfer: transfer, code: CURLE_OPERATION_TIMEDOUT)
    }
    nextWatch = now + Transport.watchIntervalMilliseconds
    return nil
  }

  /// Makes the next requests start on new connections.
  func retireConnections() { retire(pool) }

  /// Retires the current pool; does nothing for one that is retired already. Without memory for another pool, the
  /// current one stays in use.
  private func retire(_ old: ConnectionPool) {
    guard old === pool else { return }
    for index in retired.indices where retired[index] == nil {
      guard let fresh = ConnectionPool(settings, own: wakeUp.descriptor) else { return }
      pool = fresh
      retired[index] = old
      return
    }
  }

  private func closeRetired(_ index: Int) {
    retired[index]?.close()
    retired[index] = nil
  }

  /// Waits until there is something to do for a request, `wake` is called, or the timeout is over.
  func wait(timeoutMilliseconds: Int64) {
    let isPolling = hasRetired
    pool.wait(timeoutMilliseconds: isPolling ? min(timeoutMilliseconds, Transport.retiredPollMilliseconds) : timeoutMilliseconds, wakeUp)
  }

  /// Ends the current or the next `wait`. May be called from any thread.
  func wake() { wakeUp.signal() }

  /// Drops all requests in progress; nothing more is sent or received.
  func abortAll() {
    for case let transfer? in transfers { transfer.pool?.remove(transfer) }
    for index in retired.indices { closeRetired(index) }
  }
}
