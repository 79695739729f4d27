// SPDX-License-Identifier: Apache-2.0

import CCurl

/// One multi handle of libcurl's: connections, the requests on them, and the addresses that the host's name had. Used by the
/// sender thread alone.
final class ConnectionPool {
  private let multi: UnsafeMutableRawPointer
  /// When it was made (`Clock.monotonic`).
  let madeAt: Int64
  private(set) var running = 0
  private var failures = ConnectionFailures()

  /// Nil when memory or descriptors ran out. `own` as for `MultiHandle.make`.
  convenience init?(_ settings: TransportSettings, own: Int32) {
    // Before the object: one whose initialiser fails is never freed in an Embedded build.
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

  /// Closes the connections. To be called once, within the gate, when nothing runs; not at all when the process ends.
  func close() { curl_multi_cleanup(multi) }

  /// `false` when there is no memory for it.
  func start(_ transfer: Transfer) -> Bool {
    guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else { return false }
    running += 1
    transfer.pool = self
    return true
  }

  /// Takes a request out, ended or not.
  func remove(_ transfer: Transfer) {
    curl_multi_remove_handle(multi, transfer.handle)
    running -= 1
    transfer.pool = nil
  }

  /// A connection answered. Returns whether it is better not used again.
  func answered(_ connection: ConnectionFailures.Connection, isFailure: Bool) -> Bool {
    failures.note(connection, isFailure: isFailure)
  }

  func perform() {
    var still: Int32 = 0
    _ = curl_multi_perform(multi, &still)
  }

  /// A request that has ended, if there is another; it is taken out.
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

  /// Waits until something can be done for a request, `wakeUp` is signalled, or the time (milliseconds) is up.
  func wait(_ timeout: Int64, _ wakeUp: borrowing WakeUp) {
    var entry = wakeUp.entry
    curl_multi_poll(multi, &entry, 1, Int32(truncatingIfNeeded: max(0, timeout)), nil)
    if entry.revents != 0 { wakeUp.clear() }
  }
}
