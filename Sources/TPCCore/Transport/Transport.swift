// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// Carries requests out with libcurl. Used by the sender thread alone, except for `wake`.
///
/// Requests start in one pool of connections. A pool is given up when a connection in it said nothing to a request, when the
/// endpoint fails, or when it is old, so that the host's name is looked up anew: requests start in a fresh pool then, and those that are under way end
/// where they are. libcurl itself keeps a silent HTTP/2 connection, and sends the next request there again.
final class Transport {
  private let settings: TransportSettings
  private let headers: UnsafeMutablePointer<curl_slist>
  private let wakeUp: WakeUp
  private var pool: ConnectionPool
  /// Given up, with requests that are still under way. A request in a pool takes its time at the most, and a pool is given up for
  /// silence only after that: there are rarely two.
  private var retired = InlineArray<4, ConnectionPool?>(repeating: nil)
  /// By the number of the request that each carries.
  private var transfers: [Transfer?] = []
  /// When to look next for requests that libcurl has forgotten.
  private var nextWatch: Int64 = 0

  /// Five minutes, in milliseconds.
  private static let maximumAge: Int64 = 300_000
  /// How long a pool that was given up waits for its turn while another is waited on, in milliseconds.
  private static let retiredTurn: Int64 = 20
  private static let watchIntervalMilliseconds: Int64 = 500
  private var isClosed = false

  /// A request that has ended.
  struct FinishedRequest {
    let transfer: Transfer
    let code: CURLcode
  }

  /// libcurl and its TLS library are set up once a process, on a thread of the caller's: they read the environment, and files.
  static var isReady: Bool {
    CurlSetup.run { StandardStreams.whileTaken { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK } }
  }

  /// Nil when memory or descriptors ran out. Whatever can fail comes before the object: one whose initialiser fails is never
  /// freed in an Embedded build.
  convenience init?(_ settings: TransportSettings) {
    guard Transport.isReady, let wakeUp = WakeUp(), let headers = Transport.list(settings.headers) else { return nil }
    guard let pool = ConnectionPool(settings, own: wakeUp.descriptor) else {
      curl_slist_free_all(headers)
      return nil
    }
    self.init(settings, headers, wakeUp, pool)
  }

  private init(
    _ settings: TransportSettings, _ headers: UnsafeMutablePointer<curl_slist>, _ wakeUp: consuming WakeUp,
    _ pool: ConnectionPool
  ) {
    self.settings = settings
    self.headers = headers
    self.wakeUp = wakeUp
    self.pool = pool
  }

  /// Nil when memory ran out.
  private static func list(_ headers: [[CChar]]) -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>?
    for header in headers {
      guard let longer = curl_slist_append(list, header) else {
        curl_slist_free_all(list)
        return nil
      }
      list = longer
    }
    return list
  }

  /// By the sender, within the gate, when it will call nothing here any more: gives back what is libcurl's.
  func close() {
    abortAll()
    transfers.removeAll()
    pool.close()
    curl_slist_free_all(headers)
    isClosed = true
  }

  /// One that was not closed was never used: its sender could not be started.
  deinit { if !isClosed { close() } }

  private var hasRetired: Bool {
    for place in retired.indices where retired[place] != nil { return true }
    return false
  }

  /// Starts a request, which has the whole of `request_timeout_ms`; `body` stays until it has ended. `false` when there is no
  /// memory for it.
  func start(_ number: Int, _ body: Bytes) -> Bool {
    let now = Clock.coarseMonotonic()
    if now - pool.madeAt >= Transport.maximumAge { giveUp(pool) }
    guard let transfer = transfer(number) else { return false }
    transfer.prepare(body, timeout: settings.requestTimeoutMilliseconds, now: now)
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
    for place in retired.indices { retired[place]?.perform() }
  }

  /// A request that has ended, if there is another.
  func nextFinished() -> FinishedRequest? {
    if let ended = pool.nextFinished() { return finished(ended.transfer, ended.code, in: pool) }
    for place in retired.indices {
      guard let old = retired[place] else { continue }
      if let ended = old.nextFinished() { return finished(ended.transfer, ended.code, in: old) }
      if old.running == 0 { endRetired(place) }
    }
    return nextForgotten()
  }

  private func finished(_ transfer: Transfer, _ code: CURLcode, in pool: ConnectionPool) -> FinishedRequest {
    if transfer.metSilence(code) { giveUp(pool) }
    return FinishedRequest(transfer: transfer, code: code)
  }

  /// A request whose time is long over. Versions of libcurl have forgotten some that wait for a connection (8.1.0;
  /// curl/curl#13227): they end without an answer all the same.
  private func nextForgotten() -> FinishedRequest? {
    let now = Clock.coarseMonotonic()
    guard now >= nextWatch else { return nil }
    for case let transfer? in transfers where transfer.isOverdue(now: now) {
      guard let pool = transfer.pool else { continue }
      pool.remove(transfer)
      giveUp(pool)
      return FinishedRequest(transfer: transfer, code: CURLE_OPERATION_TIMEDOUT)
    }
    nextWatch = now + Transport.watchIntervalMilliseconds
    return nil
  }

  /// The next requests start on new connections.
  func giveUpConnections() { giveUp(pool) }

  /// Does nothing for a pool that was given up before. Without memory for another, it goes on.
  private func giveUp(_ old: ConnectionPool) {
    guard old === pool else { return }
    for place in retired.indices where retired[place] == nil {
      guard let fresh = ConnectionPool(settings, own: wakeUp.descriptor) else { return }
      pool = fresh
      retired[place] = old
      return
    }
  }

  private func endRetired(_ place: Int) {
    retired[place]?.close()
    retired[place] = nil
  }

  /// Waits until something can be done for a request, `wake` is called, or the time (milliseconds) is up.
  func wait(_ timeout: Int64) { pool.wait(hasRetired ? min(timeout, Transport.retiredTurn) : timeout, wakeUp) }

  /// Ends a `wait`, now or the next one. From any thread.
  func wake() { wakeUp.signal() }

  /// Drops what is under way: nothing is read or said any more.
  func abortAll() {
    for case let transfer? in transfers { transfer.pool?.remove(transfer) }
    for place in retired.indices { endRetired(place) }
  }
}
