// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
  internal import Hummingbird
  internal import TPC

  extension WebRequest {
    /// What Hummingbird knows about a request and its response.
    init(_ request: Request, _ context: some RequestContext, _ response: Response, scheme: String?) {
      let head = request.head
      self.init(
        method: head.method.rawValue, target: head.path ?? "", scheme: scheme ?? head.scheme, host: head.authority,
        status: response.status.code, contentType: response.headers[.contentType], remoteAddress: Self.address(context))
      for field in head.headerFields {
        // HTTP/2 has the header when a proxy made the request of one of HTTP/1.1.
        if host == nil, field.name.canonicalName == "host" { host = field.value }
        addHeader(field.name.canonicalName, field.value)
      }
    }

    /// Who connects; nil if the context does not say.
    private static func address(_ context: some RequestContext) -> String? {
      guard let address = (context as? any RemoteAddressRequestContext)?.remoteAddress else { return nil }
      return address.ipAddress ?? "unix:"
    }
  }
#endif
