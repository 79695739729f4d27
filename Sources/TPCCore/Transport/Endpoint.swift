// SPDX-License-Identifier: Apache-2.0

/// The URL that events are sent to: one of the contract's servers, or `base_url`, with the contract's path.
struct Endpoint {
  /// Terminated by NUL, for libcurl.
  let url: [CChar]
  let isEncrypted: Bool
  /// Whether the server is this machine.
  let isLocal: Bool

  private static let path: StaticString = "/api/v1/analytics/events"

  init(_ options: Options) throws(Failure) {
    var base = options.text(.baseURL)
    if base.isEmpty {
      base = [UInt8]((options.choice(.environment) == 0 ? "https://app.promptingco.com" : "http://localhost:3000").utf8)
    }
    let checked = base.withUnsafeBufferPointer { Endpoint.check($0, options.boolean(.allowInsecureHTTP)) }
    switch checked {
    case .refused(let failure): throw failure
    case .accepted(let isEncrypted): self.isEncrypted = isEncrypted
    }
    isLocal = base.withUnsafeBufferPointer { url in URI.Parts(url).host.map { LocalHost.isName(url.part($0)) } ?? false }
    while base.last == UInt8(ascii: "/") { base.removeLast() }
    url = (base + [UInt8](Endpoint.path.bytes) + [0]).map { CChar(bitPattern: $0) }
  }

  private enum Check {
    case accepted(isEncrypted: Bool)
    case refused(Failure)
  }

  private static func check(_ url: Bytes, _ allowInsecure: Bool) -> Check {
    let name: [UInt8] = [UInt8](OptionTable.row(.baseURL).name.bytes)
    if let flaw = URI.check(url) { return .refused(Failure(.invalidOption, field: name, flaw: flaw)) }
    let parts = URI.Parts(url)
    let scheme = url.part(parts.scheme.lowerBound, parts.scheme.upperBound)
    let isEncrypted = scheme.matchesIgnoringCase("https")
    guard isEncrypted || scheme.matchesIgnoringCase("http") else {
      return .refused(Failure(.invalidOption, field: "base_url", "found another scheme; expected https or http"))
    }
    guard let host = parts.host, !host.isEmpty else {
      return .refused(Failure(.invalidOption, field: "base_url", "found no host; expected https://host"))
    }
    guard hasReachablePort(url, parts) else {
      return .refused(Failure(.invalidOption, field: "base_url", "found an invalid port; expected 1 to 65535"))
    }
    guard parts.userinfo == nil, parts.query == nil, parts.fragment == nil else {
      return .refused(
        Failure(.invalidOption, field: "base_url", "found a user, query or fragment; expected a scheme, host, port and path only"))
    }
    if !isEncrypted && !allowInsecure && !isLoopback(url.part(host.lowerBound, host.upperBound)) {
      return .refused(
        Failure(
          .invalidOption, field: "base_url",
          "found http to another machine, which would show the credential; expected https, or allow_insecure_http=true"))
    }
    return .accepted(isEncrypted: isEncrypted)
  }

  /// Whether the port, if given, is from 1 to 65535.
  static func hasReachablePort(_ url: Bytes, _ parts: URI.Parts) -> Bool {
    guard let range = parts.port, !range.isEmpty else { return true }
    guard let port = Decimal.value(url.part(range)) else { return false }
    return (1...65535).contains(port)
  }

  /// Whether the host is localhost (RFC 6761) or a loopback address (127.0.0.0/8 or ::1).
  private static func isLoopback(_ host: Bytes) -> Bool {
    if host.matchesIgnoringCase("localhost") || host.matches("[::1]") { return true }
    guard let address = IPAddress(host), address.isIPv4 else { return false }
    return host.count > 4 && host.part(0, 4).matches("127.")
  }
}
