// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// Carries requests out with libcurl's multi interface. Used by the sender thread alone, except for `wake`.
final class Transport {
  private let settings: TransportSettings
  private let multi: UnsafeMutableRawPointer
  private let headers: UnsafeMutablePointer<curl_slist>
  /// By the number of the flight that each carries.
  private var transfers: [Transfer?] = []
  private(set) var running = 0
  private var isClosed = false

  /// A request that has ended.
  struct FinishedRequest {
    let transfer: Transfer
    let code: CURLcode
  }

  /// libcurl and its TLS library are set up once a process, on a thread of the caller's: they read the environment.
  static var isReady: Bool { CurlSetup.run { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK } }

  /// Nil when memory or descriptors ran out. Whatever can fail comes before the object: one whose initialiser fails is never
  /// freed in an Embedded build.
  convenience init?(_ settings: TransportSettings) {
    guard Transport.isReady, let headers = Transport.list(settings.headers) else { return nil }
    guard let multi = CloseOnExec.multi() else {
      curl_slist_free_all(headers)
      return nil
    }
    self.init(settings, multi, headers)
  }

  private init(
    _ settings: TransportSettings, _ multi: UnsafeMutableRawPointer, _ headers: UnsafeMutablePointer<curl_slist>
  ) {
    self.settings = settings
    self.multi = multi
    self.headers = headers
    _ = tpc_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    _ = tpc_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.maximumConnections)
    _ = tpc_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maximumConnections)
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
    curl_multi_cleanup(multi)
    curl_slist_free_all(headers)
    isClosed = true
  }

  /// One that was not closed was never used: its sender could not be started.
  deinit { if !isClosed { close() } }

  /// Starts a request; `body` stays until it has ended. `timeLeft` in milliseconds. `false` when there is no memory for it.
  func start(_ number: Int, _ body: Bytes, timeLeft: Int64) -> Bool {
    guard let transfer = transfer(number) else { return false }
    transfer.prepare(body, timeout: max(1, min(settings.requestTimeout, Int(timeLeft))))
    guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else { return false }
    running += 1
    return true
  }

  private func transfer(_ number: Int) -> Transfer? {
    while transfers.count <= number { transfers.append(nil) }
    if let known = transfers[number] { return known }
    transfers[number] = Transfer(number: number, settings, headers: headers)
    return transfers[number]
  }

  func perform() {
    var still: Int32 = 0
    _ = curl_multi_perform(multi, &still)
  }

  /// A request that has ended, if there is another.
  func nextFinished() -> FinishedRequest? {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
        let context = tpc_curl_get_private(handle)
      else { continue }
      let code = tpc_curl_message_result(message)
      curl_multi_remove_handle(multi, handle)
      running -= 1
      return FinishedRequest(transfer: Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue(), code: code)
    }
    return nil
  }

  /// Waits until something can be done for a request, `wake` is called, or the time (milliseconds) is up.
  func wait(_ timeout: Int64) {
    curl_multi_poll(multi, nil, 0, Int32(truncatingIfNeeded: max(0, min(timeout, 3_600_000))), nil)
  }

  /// Ends a `wait`, now or the next one. From any thread.
  func wake() { curl_multi_wakeup(multi) }

  /// Drops what is under way, connections included: nothing is read or said any more.
  func abortAll() {
    for transfer in transfers {
      if let transfer { curl_multi_remove_handle(multi, transfer.handle) }
    }
    running = 0
  }
}
