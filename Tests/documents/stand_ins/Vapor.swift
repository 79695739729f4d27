// SPDX-License-Identifier: Apache-2.0

// The declarations of Vapor 4 that docs/swift.md uses, as its documentation has them.

public struct HTTPMethod: Sendable {
  public let rawValue: String
}

public struct URI: Sendable {
  public let string: String
}

public struct HTTPHeaders: Sequence, Sendable {
  public struct Name: Sendable, Equatable {
    public let text: String
    public static let host = Name(text: "host")
    public static let contentType = Name(text: "content-type")
  }

  let fields: [(name: String, value: String)]

  public init(_ fields: [(String, String)]) { self.fields = fields.map { (name: $0.0, value: $0.1) } }

  public func first(name: Name) -> String? { fields.first { $0.name.lowercased() == name.text }?.value }

  public func makeIterator() -> Array<(name: String, value: String)>.Iterator { fields.makeIterator() }
}

public struct SocketAddress: Sendable {
  public let ipAddress: String?
}

public struct Logger: Sendable {
  public func warning(_ message: String) { print(message) }
}

public struct Application: Sendable {
  public struct HTTP: Sendable {
    public struct Server: Sendable {
      public struct Configuration: Sendable {
        public let tlsConfiguration: TLSConfiguration? = nil
      }
      public let configuration = Configuration()
    }
    public let server = Server()
  }
  public let http = HTTP()
}

public struct TLSConfiguration: Sendable {}

public final class Request: Sendable {
  public let method: HTTPMethod
  public let url: URI
  public let headers: HTTPHeaders
  public let remoteAddress: SocketAddress?
  public let logger = Logger()
  public let application = Application()

  public init(_ method: String, _ target: String, headers: HTTPHeaders, ipAddress: String?) {
    self.method = HTTPMethod(rawValue: method)
    url = URI(string: target)
    self.headers = headers
    remoteAddress = SocketAddress(ipAddress: ipAddress)
  }
}

public struct HTTPResponseStatus: Sendable {
  public let code: UInt
}

public final class Response: Sendable {
  public let status: HTTPResponseStatus
  public let headers: HTTPHeaders

  public init(status: UInt, headers: HTTPHeaders) {
    self.status = HTTPResponseStatus(code: status)
    self.headers = headers
  }
}

public protocol AsyncResponder: Sendable {
  func respond(to request: Request) async throws -> Response
}

public protocol AsyncMiddleware: Sendable {
  func respond(to request: Request, chainingTo next: any AsyncResponder) async throws -> Response
}
