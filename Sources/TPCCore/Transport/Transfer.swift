// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// One easy handle and what came back on it. Handles are used again and again: making one costs more than a request.
final class Transfer {
  let handle: UnsafeMutableRawPointer
  let number: Int
  /// The response's body, up to `maximumBody` bytes.
  private(set) var body = ByteBuffer()
  private var header = ResponseHeader()

  /// More of an answer is not read: the contract's are a few hundred bytes.
  static let maximumBody = 64 * 1024

  /// Nil when memory ran out.
  convenience init?(number: Int, _ settings: TransportSettings, headers: UnsafeMutablePointer<curl_slist>) {
    // Before the object: one whose initialiser fails is never freed in an Embedded build.
    guard let handle = curl_easy_init() else { return nil }
    self.init(handle, number)
    guard configure(settings, headers) else { return nil }
  }

  private init(_ handle: UnsafeMutableRawPointer, _ number: Int) {
    self.handle = handle
    self.number = number
  }

  deinit { curl_easy_cleanup(handle) }

  /// The options of every request; `start` sets what differs.
  private func configure(_ settings: TransportSettings, _ headers: UnsafeMutablePointer<curl_slist>) -> Bool {
    let context = Unmanaged.passUnretained(self).toOpaque()
    var results: [CURLcode] = []
    func set(_ option: CURLoption, _ value: Int) { results.append(tpc_curl_set_long(handle, option, value)) }
    func set(_ option: CURLoption, _ text: [CChar]) { results.append(tpc_curl_set_pointer(handle, option, text)) }
    set(CURLOPT_URL, settings.url)
    set(CURLOPT_POST, 1)
    results.append(tpc_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
    set(CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout)
    set(CURLOPT_PROXY, settings.proxy)
    // Empty rather than unset: libcurl would look into the environment, from our thread, for what goes past the proxy.
    set(CURLOPT_NOPROXY, [0])
    set(CURLOPT_TCP_KEEPALIVE, 1)
    // An event is smaller than the least that libcurl takes here; its default of 64 KiB is allocated for each request.
    set(CURLOPT_UPLOAD_BUFFERSIZE, 16 * 1024)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    if let certificates = settings.certificates { set(CURLOPT_CAINFO, certificates) }
    // Over TLS, ALPN chooses; a request rather waits for a connection that will multiplex than opens one more.
    set(CURLOPT_HTTP_VERSION, Int(settings.isEncrypted ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
    set(CURLOPT_PIPEWAIT, 1)
    results.append(tpc_curl_set_write(handle, CURLOPT_WRITEFUNCTION, Transfer.receiveBody))
    results.append(tpc_curl_set_pointer(handle, CURLOPT_WRITEDATA, context))
    results.append(tpc_curl_set_write(handle, CURLOPT_HEADERFUNCTION, Transfer.receiveHeader))
    results.append(tpc_curl_set_pointer(handle, CURLOPT_HEADERDATA, context))
    results.append(tpc_curl_set_pointer(handle, CURLOPT_PRIVATE, context))
    results.append(tpc_curl_set_open_socket(handle, Transfer.openSocket))
    results.append(tpc_curl_shut_sockets_down(handle))
    // Since libcurl 7.87: not to wait for a resolver that hangs when the handle is freed. Older ones refuse it.
    _ = tpc_curl_set_long(handle, CURLOPT_QUICK_EXIT, 1)
    return results.allSatisfy { $0 == CURLE_OK }
  }

  /// Makes the handle ready to send `body`, which has to stay until the transfer has ended.
  func prepare(_ body: Bytes, timeout: Int) {
    self.body.truncate(to: 0)
    header = ResponseHeader()
    _ = tpc_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
    _ = tpc_curl_set_large(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
    _ = tpc_curl_set_long(handle, CURLOPT_TIMEOUT_MS, timeout)
  }

  /// What the transfer came to.
  func result(_ code: CURLcode) -> RequestResult {
    var result = RequestResult()
    let status = tpc_curl_get_long(handle, CURLINFO_RESPONSE_CODE)
    // A final status is an answer, whatever happened to the body behind it.
    if status >= 200 && status <= 999 {
      result.httpStatus = status
    } else if code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING {
      result.isStaleConnection = tpc_curl_get_long(handle, CURLINFO_NUM_CONNECTS) == 0
    }
    result.retryAfter = header.pause
    result.shouldRetry = header.shouldRetry
    return result
  }

  var isMultiplexed: Bool { tpc_curl_get_long(handle, CURLINFO_HTTP_VERSION) >= CURL_HTTP_VERSION_2_0 }

  private static let openSocket: curl_opensocket_callback = { _, _, address in
    StandardStreams.avoid { address.map { tpc_curl_socket($0) } ?? -1 }
  }

  // MARK: Receiving

  private static let receiveBody: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    data, size, count, context in
    guard let data, let context, count > 0 else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let text = Bytes(start: UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self), count: count)
    // Returning less than was handed over ends the transfer.
    guard text.count <= Transfer.maximumBody - transfer.body.count, transfer.body.append(text) else { return 0 }
    return count
  }

  private static let receiveHeader: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    data, size, count, context in
    guard let data, let context, count > 0 else { return count }
    let line = Bytes(start: UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self), count: count)
    switch line[0] | 0x20 {
    case UInt8(ascii: "r"), UInt8(ascii: "x"), UInt8(ascii: "h"):
      Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().header.read(line, wall: Clock.wall())
    default: break
    }
    return count
  }
}
