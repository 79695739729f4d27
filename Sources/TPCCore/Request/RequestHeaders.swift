// SPDX-License-Identifier: Apache-2.0

/// The request headers that the rules for page visits read. Bindings ask for the names, so that the list is written once.
package enum RequestHeaders {
  /// The name of the header at an index from 0, in lower case; nil for an index past the last one.
  package static func name(at index: Int) -> StaticString? {
    guard index >= 0, index < WebRequest.Part.count else { return nil }
    return WebRequest.Part(rawValue: WebRequest.Part.userAgent.rawValue &+ index)?.name
  }

  /// The number of the header of a name, in any case, among a request's texts; nil for one that the rules do not read.
  package static func number(of name: Bytes) -> Int? { WebRequest.header(name)?.rawValue }

  /// The header that `client_ip_header` names, in any case; nil for an empty text. Fails with `invalidOption` for another one.
  static func clientHeader(_ name: [UInt8]) throws(Failure) -> WebRequest.Part? {
    if name.isEmpty { return nil }
    let part = name.withUnsafeBufferPointer { WebRequest.header($0) }
    if let part, part.isClientAddress { return part }
    throw Failure(
      .invalidOption, field: "client_ip_header",
      "found another header; expected CF-Connecting-IP, True-Client-IP, X-Real-IP or Fly-Client-IP")
  }
}
