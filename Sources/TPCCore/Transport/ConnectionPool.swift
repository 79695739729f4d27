// SPDX-License-Identifier: Apache-2.0

import CTPCCurl

/// One multi handle of libcurl: its connections, the requests on them, and the resolved addresses of the host. Used
/// only by the sender thread.
final class ConnectionPool {
  private let multi: UnsafeMutableRawPointer
  /// When the pool was made (`Clock.monotonic`).
  let madeAt: Int64
  private(set) var running = 0
  private var failures = ConnectionFailures()

  /// Nil when memory or descriptors ran out. For `own` see `MultiHandle.make`.
  convenience init?(_ settings: TransportSettings, own: Int32) {
    // Before the object exists: in an Embedded build, an object whose initializer fails is never freed.
    guard let multi = MultiHandle.make(own) else { return nil }
    self.init(multi)
    _ = tpc_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    _ = tpc_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.maximumConnections)
    _ = tpc_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maximumConnections)
  }

  private init(_ multi: UnsafeMutableRawPointer) {
    self.multi = multi
    madeAt = Clock.coarseMonotonic()
  }

  /// Closes the connections. Must be called once, inside the gate, when no request is running; not at all if the
  /// process is exiting.
  func close() { curl_multi_cleanup(multi) }

  /// Starts a request. `false` when memory ran out.
  func start(_ transfer: Transfer) -> Bool {
    guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else { return false }
    running += 1
    transfer.pool = self
    return true
  }

  /// Removes a request, finished or not.
  func remove(_ transfer: Transfer) {
    curl_multi_remove_handle(multi, transfer.handle)
    running -= 1
    transfer.pool = nil
  }

  /// Records a connection's answer. Returns whether the connection should not be used again.
  func answered(_ connection: ConnectionFailures.Connection, isFailure: Bool) -> Bool {
    failures.note(connection, isFailure: isFailure)
  }

  func perform() {
    var still: Int32 = 0
    _ = curl_multi_perform(multi, &still)
  }

  /// Removes and returns a request that has finished; nil if there is none.
  func nextFinished() -> (transfer: Transfer, code: CURLcode)? {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
        let context = tpc_curl_get_private(handle)
      else { continue }
      let code = tpc_curl_message_result(message)
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      remove(transfer)
      return (transfer, code)
    }
    return nil
  }

  /// Waits until there is something to do for a request, `wakeUp` is signalled, or the timeout is over.
  func wait(timeoutMilliseconds: Int64, _ wakeUp: borrowing WakeUp) {
    var entry = wakeUp.entry
    curl_multi_poll(multi, &entry, 1, Int32(truncatingIfNeeded: max(0, timeoutMilliseconds)), nil)
    if entry.revents != 0 { wakeUp.clear() }
  }
}
