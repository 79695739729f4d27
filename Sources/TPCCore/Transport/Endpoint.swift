// SPDX-License-Identifier: Apache-2.0

/// The URL that events are sent to: one of the contract's servers, or `base_url`, with the contract's path.
struct Endpoint {
  /// Terminated by NUL, for libcurl.
  let url: [CChar]
  let isEncrypted: Bool
  /// Whether the server is this machine.
  let isLocal: Bool
  /// For a name of this machine: the name, the port and its addresses, as libcurl's `CURLOPT_RESOLVE` takes them, so
  /// that no name server is asked, which could lead elsewhere. Terminated by NUL.
  let pinned: [CChar]?

  init(_ options: Options) throws(Failure) {
    var base = options.text(.baseURL)
    if base.isEmpty {
      base = [UInt8](Endpoint.server(options.choice(.environment)).bytes)
    }
    let checked = base.withUnsafeBufferPointer { Endpoint.check($0, options.boolean(.allowInsecureHTTP)) }
    switch checked {
    case .refused(let failure): throw failure
    case .accepted(let isEncrypted, let pinned):
      self.isEncrypted = isEncrypted
      self.pinned = pinned
    }
    isLocal = base.withUnsafeBufferPointer { url in URI.Parts(url).host.map { LocalHost.isName(url.part($0)) } ?? false }
    base = base.withUnsafeBufferPointer { [UInt8](Options.server($0)) }
    url = (base + [UInt8](Options.endpointPath.bytes) + [0]).map { CChar(bitPattern: $0) }
  }

  /// The company's servers, in the order of the option's choices.
  private static func server(_ environment: Int) -> StaticString {
    switch environment {
    case 1: "http://localhost:3000"
    case 2: "http://app.localhost:3000"
    default: "https://app.promptingco.com"
    }
  }

  private enum Check {
    case accepted(isEncrypted: Bool, pinned: [CChar]?)
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
    let isPinned = isLocalName(url.part(host))
    if !isEncrypted && !allowInsecure && !isPinned && !isLoopbackAddress(url.part(host)) {
      return .refused(
        Failure(
          .invalidOption, field: "base_url",
          "found http to another machine, which would show the credential; expected https, or allow_insecure_http=true"))
    }
    guard isPinned else { return .accepted(isEncrypted: isEncrypted, pinned: nil) }
    let port = parts.port.map { url.part($0) } ?? Bytes("")
    return .accepted(isEncrypted: isEncrypted, pinned: pin(url.part(host), port.isEmpty ? Bytes(isEncrypted ? "443" : "80") : port))
  }

  @inline(never)
  private static func pin(_ host: Bytes, _ port: Bytes) -> [CChar] {
    var words = MessageBuilder()
    words.add(host)
    words.add(":")
    words.add(port)
    words.add(":127.0.0.1,[::1]")
    return TransportSettings.terminated(words.text)
  }

  /// Whether the port, if given, is from 1 to 65535.
  static func hasReachablePort(_ url: Bytes, _ parts: URI.Parts) -> Bool {
    guard let range = parts.port, !range.isEmpty else { return true }
    guard let port = Decimal.value(url.part(range)) else { return false }
    return (1...65535).contains(port)
  }

  /// Whether the host is localhost or a name below it, which are this machine's (RFC 6761, section 6.3).
  private static func isLocalName(_ host: Bytes) -> Bool {
    let start = host.count &- 9
    guard start >= 0, host.tail(start).matchesIgnoringCase("localhost") else { return false }
    if start == 0 { return true }
    // An escape could be decoded to the end of another name, and libcurl takes '-' and '+' before a name for orders.
    let isPlain = host[0].lowercased &- 0x61 < 26 || host[0] &- 0x30 < 10
    return isPlain && host[start &- 1] == UInt8(ascii: ".") && !host.holds(UInt8(ascii: "%"))
  }

  /// Whether the host is a loopback address (127.0.0.0/8 or ::1).
  private static func isLoopbackAddress(_ host: Bytes) -> Bool {
    if host.matches("[::1]") { return true }
    guard let address = IPAddress(host), address.isIPv4 else { return false }
    return host.count > 4 && host.part(0, 4).matches("127.")
  }
}
