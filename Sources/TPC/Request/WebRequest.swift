// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// A web request and its response, as a server knows them. ``PageVisits/track(_:adding:)`` decides whether it is a visit to a page.
///
/// ```swift
/// var request = WebRequest(method: "GET", target: "/pricing?plan=pro", scheme: "https", host: "example.com")
/// request.status = 200
/// request.contentType = "text/html"
/// request.remoteAddress = "192.0.2.7"
/// request.addHeader("User-Agent", "GPTBot/1.2")
/// try visits.track(request)
/// ```
public struct WebRequest: Sendable, Hashable {
  /// The method, such as `GET`.
  public var method: String
  /// The path and query as the request line has them, such as `/pricing?plan=pro`.
  public var target: String
  /// `https` or `http`.
  public var scheme: String?
  /// The `Host` header, or HTTP/2's `:authority`.
  public var host: String?
  /// The response's status; nil when it is not known.
  public var status: Int?
  /// The response's `Content-Type`; nil when it is not known.
  public var contentType: String?
  /// The address of the connection's other end. `unix:` for a Unix socket.
  public var remoteAddress: String?
  /// The visitor's address, if the server itself has found it behind its proxies.
  public var clientAddress: String?
  /// The headers that the rules read, by the core's numbers, in the order in which they were added.
  private var headers: [Header] = []

  private struct Header: Sendable, Hashable {
    let number: Int
    var value: String
  }

  /// Makes a request of what is known about it. The target and the method are required, and so is the host for a visit.
  ///
  /// ```swift
  /// let request = WebRequest(method: "GET", target: "/", scheme: "https", host: "example.com")
  /// ```
  public init(
    method: String, target: String, scheme: String? = nil, host: String? = nil, status: Int? = nil, contentType: String? = nil,
    remoteAddress: String? = nil, clientAddress: String? = nil
  ) {
    self.method = method
    self.target = target
    self.scheme = scheme
    self.host = host
    self.status = status
    self.contentType = contentType
    self.remoteAddress = remoteAddress
    self.clientAddress = clientAddress
  }

  /// Adds a header of the request, whose name may be in any case. A header that comes more than once means its values, joined (RFC
  /// 9110, section 5.3). Headers that the rules do not read are passed over, so a server may pass all of them.
  ///
  /// ```swift
  /// for header in [("User-Agent", "GPTBot/1.2"), ("Referer", "https://chatgpt.com/")] {
  ///   request.addHeader(header.0, header.1)
  /// }
  /// ```
  public mutating func addHeader(_ name: String, _ value: String) {
    guard let number = withBytes(name, { RequestHeaders.number(of: $0) }) else { return }
    if let index = headers.firstIndex(where: { $0.number == number }) {
      headers[index].value += ", " + value
    } else {
      headers.append(Header(number: number, value: value))
    }
  }

  /// The names of the headers that ``addHeader(_:_:)`` keeps, in lower case.
  ///
  /// ```swift
  /// let isRead = WebRequest.headerNames.contains("referer")
  /// ```
  public static var headerNames: [String] { (0...).lazy.map { RequestHeaders.name(at: $0) }.prefix { $0 != nil }.map { "\($0!)" } }
}

// MARK: For the core

extension WebRequest {
  /// Calls `body` with the request's texts, valid only during the call.
  func withInput<Result>(
    adding event: UnsafePointer<PageVisit>?, _ body: (RequestInput) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var texts = RequestTexts()
    texts.set(.method, method)
    texts.set(.target, target)
    texts.set(.scheme, scheme)
    texts.set(.host, host)
    texts.set(.status, status.map { "\($0)" })
    texts.set(.contentType, contentType)
    texts.set(.remoteAddress, remoteAddress)
    texts.set(.clientAddress, clientAddress)
    for header in headers { texts.set(header.number, header.value) }
    return try texts.withInput(adding: event, body)
  }
}
