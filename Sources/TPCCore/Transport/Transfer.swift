// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX

/// One easy handle and what was received on it. Handles are reused: making one costs more than a request.
final class Transfer {
  let handle: UnsafeMutableRawPointer
  let number: Int
  /// The pool in which the transfer is in progress; nil if it is not.
  var pool: ConnectionPool?
  /// The response's body, up to `maximumBodyBytes`.
  private(set) var body = ByteBuffer()
  private var header = ResponseHeader()
  /// Whether any part of an answer has arrived.
  private var isAnswered = false
  /// Whether its connection must not be used again.
  private var isLast = false
  /// When the request times out (`Clock.monotonic`).
  private var deadline: Int64 = 0

  /// How much of an answer is read: the contract's answers have a few hundred bytes.
  static let maximumBodyBytes = 64 * 1024
  /// How long libcurl may take to end a request that has timed out.
  private static let patienceMilliseconds: Int64 = 1_000

  /// Nil when memory ran out.
  convenience init?(number: Int, _ settings: TransportSettings, headers: UnsafeMutablePointer<curl_slist>) {
    // Before the object exists: in an Embedded build, an object whose initializer fails is never freed.
    guard let handle = curl_easy_init() else { return nil }
    self.init(handle, number)
    guard configure(settings, headers) else { return nil }
  }

  private init(_ handle: UnsafeMutableRawPointer, _ number: Int) {
    self.handle = handle
    self.number = number
  }

  deinit { curl_easy_cleanup(handle) }

  /// Sets the options that all requests share; `prepare` sets the others.
  private func configure(_ settings: TransportSettings, _ headers: UnsafeMutablePointer<curl_slist>) -> Bool {
    let context = Unmanaged.passUnretained(self).toOpaque()
    var isWhole = true
    func note(_ code: CURLcode) { if code != CURLE_OK { isWhole = false } }
    func set(_ option: CURLoption, _ value: Int) { note(tpc_curl_set_long(handle, option, value)) }
    func set(_ option: CURLoption, _ text: [CChar]) { note(tpc_curl_set_pointer(handle, option, text)) }
    set(CURLOPT_URL, settings.url)
    set(CURLOPT_POST, 1)
    note(tpc_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
    set(CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeoutMilliseconds)
    set(CURLOPT_PROXY, settings.proxy)
    // Empty rather than unset: libcurl would otherwise look in the environment, from our thread, for hosts to reach
    // without the proxy.
    set(CURLOPT_NOPROXY, [0])
    set(CURLOPT_TCP_KEEPALIVE, 1)
    // Events are smaller than libcurl's minimum here; its default of 64 KiB would be allocated for each request.
    set(CURLOPT_UPLOAD_BUFFERSIZE, 16 * 1024)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    if let certificates = settings.certificates { set(CURLOPT_CAINFO, certificates) }
    if settings.isProxyEncrypted {
      set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
      set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
      set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
      if let certificates = settings.certificates { set(CURLOPT_PROXY_CAINFO, certificates) }
    }
    // A proxy's answer about a tunnel is not the endpoint's answer.
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // Over TLS, ALPN chooses the version. Rather than open another connection, a request waits for one that may
    // multiplex.
    set(CURLOPT_HTTP_VERSION, Int(settings.isEncrypted ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
    set(CURLOPT_PIPEWAIT, 1)
    note(tpc_curl_set_write(handle, CURLOPT_WRITEFUNCTION, Transfer.receiveBody))
    note(tpc_curl_set_pointer(handle, CURLOPT_WRITEDATA, context))
    note(tpc_curl_set_write(handle, CURLOPT_HEADERFUNCTION, Transfer.receiveHeader))
    note(tpc_curl_set_pointer(handle, CURLOPT_HEADERDATA, context))
    note(tpc_curl_set_pointer(handle, CURLOPT_PRIVATE, context))
    note(tpc_curl_set_open_socket(handle, Transfer.openSocket))
    note(
      tpc_curl_set_pointer(
        handle, CURLOPT_OPENSOCKETDATA,
        UnsafeRawPointer(bitPattern: max(settings.requestTimeoutMilliseconds, settings.connectTimeoutMilliseconds))))
    note(tpc_curl_set_close_socket(handle, Transfer.closeSocket))
    note(
      tpc_curl_set_pointer(handle, CURLOPT_CLOSESOCKETDATA, UnsafeRawPointer(bitPattern: UInt(ForkDetector.generation))))
    // Do not wait for a resolver that hangs when the handle is freed (libcurl 7.87 and newer; older ones refuse the
    // option).
    _ = tpc_curl_set_long(handle, CURLOPT_QUICK_EXIT, 1)
    return isWhole
  }

  /// Prepares the handle to send `body`, which must stay valid until the transfer has ended. `addresses` are the host's,
  /// if they are fixed: set for each transfer, since libcurl forgets them with the pool that it was for.
  func prepare(_ body: Bytes, addresses: UnsafeMutablePointer<curl_slist>?, timeoutMilliseconds: Int, now: Int64) {
    self.body.truncate(to: 0)
    header = ResponseHeader()
    isAnswered = false
    if isLast { forbidReuse(false) }
    if let addresses { _ = tpc_curl_set_pointer(handle, CURLOPT_RESOLVE, addresses) }
    deadline = now + Int64(timeoutMilliseconds)
    _ = tpc_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
    _ = tpc_curl_set_large(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
    _ = tpc_curl_set_long(handle, CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
  }

  /// The result of a transfer that ended with `code`.
  func result(_ code: CURLcode) -> RequestResult {
    var result = RequestResult()
    let status = tpc_curl_get_long(handle, CURLINFO_RESPONSE_CODE)
    // A final status is an answer, whatever happened to the body after it. Interim answers do not count.
    if status >= 200 && status <= 999 {
      result.httpStatus = status
      result.retryAfterMilliseconds = header.retryAfterMilliseconds
      result.shouldRetry = header.shouldRetry
    } else if let refusal = tunnelRefusal {
      result.httpStatus = refusal
      result.isFromProxy = true
    } else if code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING {
      result.isStaleConnection = tpc_curl_get_long(handle, CURLINFO_NUM_CONNECTS) == 0
    } else {
      result.isSilent = code == CURLE_OPERATION_TIMEDOUT
    }
    return result
  }

  /// The status with which a proxy refused a tunnel; nil if none did.
  private var tunnelRefusal: Int? {
    let status = tpc_curl_get_long(handle, CURLINFO_HTTP_CONNECTCODE)
    return status >= 300 && status <= 999 ? status : nil
  }

  /// Whether the request was sent and nothing at all came back in time: the connection may well be dead.
  func metSilence(_ code: CURLcode) -> Bool {
    code == CURLE_OPERATION_TIMEDOUT && !isAnswered && tpc_curl_get_large(handle, CURLINFO_PRETRANSFER_TIME_T) > 0
  }

  /// Whether libcurl should have ended the transfer by now.
  func isOverdue(now: Int64) -> Bool { pool != nil && now > deadline + Transfer.patienceMilliseconds }

  var isMultiplexed: Bool { tpc_curl_get_long(handle, CURLINFO_HTTP_VERSION) >= CURL_HTTP_VERSION_2_0 }

  // MARK: Sockets

  /// Opens a socket. `context` is the number of milliseconds after which a connection without acknowledgements is given
  /// up.
  private static let openSocket: curl_opensocket_callback = { context, _, address in
    StandardStreams.avoid { address.map { tpc_curl_socket($0, UInt32(truncatingIfNeeded: UInt(bitPattern: context))) } ?? -1 }
  }

  /// Closes a socket, shutting it down first: a child forked in the meantime holds a duplicate, so the server would not
  /// see the connection end. `context` is the generation that opened the socket, because a child must not shut down its
  /// parent's connection.
  private static let closeSocket: curl_closesocket_callback = { context, descriptor in
    if UInt(bitPattern: context) == UInt(ForkDetector.generation) { shutdown(descriptor, Int32(SHUT_RDWR)) }
    return close(descriptor)
  }

  /// At an answer's status line, decides whether its connection may be used again.
  private func judgeConnection(_ line: Bytes) {
    guard line.part(0, 5).matches("HTTP/"), let space = line.firstIndex(of: 0x20), space + 1 < line.count, let pool else { return }
    let port = tpc_curl_get_long(handle, CURLINFO_LOCAL_PORT)
    if pool.answered(port, isFailure: line[space + 1] == UInt8(ascii: "5")) { forbidReuse(true) }
  }

  private func forbidReuse(_ isForbidden: Bool) {
    isLast = isForbidden
    _ = tpc_curl_set_long(handle, CURLOPT_FORBID_REUSE, isForbidden ? 1 : 0)
  }

  // MARK: Receiving

  private static let receiveBody: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    data, size, count, context in
    guard let data, let context, count > 0 else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let text = Bytes(start: UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self), count: count)
    // Returning less than was passed in ends the transfer.
    guard text.count <= Transfer.maximumBodyBytes - transfer.body.count, transfer.body.append(text) else { return 0 }
    return count
  }

  private static let receiveHeader: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    data, size, count, context in
    guard let data, let context, count > 0 else { return count }
    let line = Bytes(start: UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self), count: count)
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    transfer.isAnswered = true
    switch line[0] | 0x20 {
    case UInt8(ascii: "r"), UInt8(ascii: "x"), UInt8(ascii: "h"):
      transfer.header.read(line, wallMilliseconds: Clock.wall())
      transfer.judgeConnection(line)
    default: break
    }
    return count
  }
}
