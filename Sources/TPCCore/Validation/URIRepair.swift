// SPDX-License-Identifier: Apache-2.0

/// Turns URLs that servers log and browsers send into valid URIs: some 0.7 % of real URLs have characters that RFC 3986
/// does not allow.
package enum URIRepair {
  package enum Result {
    /// A URI that `URI.check` accepts was appended.
    case encoded
    /// Percent-encoding cannot make it a URI; nothing was appended.
    case refused(Flaw)
    /// Memory ran out; nothing was appended.
    case outOfMemory
  }

  /// Appends `text` with everything that a URI may not contain percent-encoded, byte by byte: spaces, control
  /// characters, non-ASCII text (in a host too), `"<>\^` and backquote, `{|}`, brackets, a `%` without two digits, a
  /// second `#`. Spaces and control characters at both ends are dropped. A valid URI is appended unchanged. Refuses
  /// text without a scheme or with an invalid host or port.
  package static func encode(_ text: Bytes, into uri: inout ByteBuffer) -> Result {
    let start = uri.count
    let trimmed = trim(text)
    guard URI.check(trimmed) != nil else { return uri.put(trimmed) ? .encoded : .outOfMemory }
    guard let colon = URI.schemeEnd(trimmed) else {
      return .refused(URI.check(trimmed) ?? Flaw(offset: 0, expected: URI.expectedURI))
    }
    let parts = URI.Parts(trimmed)
    if let flaw = checkHost(trimmed, parts) { return .refused(flaw) }
    guard appendParts(trimmed, colon, parts, to: &uri) else {
      uri.truncate(to: start)
      return .outOfMemory
    }
    return .encoded
  }

  private static func appendParts(_ text: Bytes, _ colon: Int, _ parts: URI.Parts, to uri: inout ByteBuffer) -> Bool {
    guard uri.put(text.part(0, colon &+ 1)) else { return false }
    if let host = parts.host {
      guard uri.put("//") else { return false }
      if let userinfo = parts.userinfo {
        guard append(text.part(userinfo), URICharacters.userinfo, to: &uri), uri.append(UInt8(ascii: "@")) else { return false }
      }
      let name = text.part(host)
      let isLiteral = name.count > 0 && name[0] == UInt8(ascii: "[")
      guard isLiteral ? uri.put(name) : append(name, URICharacters.registeredName, to: &uri) else { return false }
      if let port = parts.port {
        guard uri.append(UInt8(ascii: ":")), uri.put(text.part(port)) else { return false }
      }
    }
    guard append(text.part(parts.path), URICharacters.path, to: &uri) else { return false }
    if let query = parts.query {
      guard uri.append(UInt8(ascii: "?")), append(text.part(query), URICharacters.query, to: &uri) else { return false }
    }
    if let fragment = parts.fragment {
      guard uri.append(UInt8(ascii: "#")), append(text.part(fragment), URICharacters.query, to: &uri) else { return false }
    }
    return true
  }

  /// Checks host and port. A host with ASCII characters that no name may contain is invalid, and encoding them would
  /// only hide that.
  private static func checkHost(_ text: Bytes, _ parts: URI.Parts) -> Flaw? {
    guard let host = parts.host else { return nil }
    let name = text.part(host)
    if name.count > 0 && name[0] == UInt8(ascii: "[") {
      guard URI.literalEnd(text, host.lowerBound) == host.upperBound else {
        return Flaw(offset: host.lowerBound, byte: UInt8(ascii: "["), expected: "an IP address in brackets, as in [2001:db8::1]")
      }
    } else if let base = name.baseAddress {
      var at = 0
      while at < name.count {
        at = URICharacters.run(base, at, name.count, URICharacters.registeredName)
        if at < name.count && base[at] < 0x80 {
          return Flaw(offset: host.lowerBound &+ at, byte: base[at], expected: "a host name without such a character")
        }
        at &+= 1
      }
    }
    guard let port = parts.port else { return nil }
    for at in port where text[at] &- 0x30 > 9 { return Flaw(offset: at, byte: text[at], expected: "a port's digits") }
    return nil
  }

  @inline(never)
  private static func append(_ part: Bytes, _ flags: URICharacters.Flags, to uri: inout ByteBuffer) -> Bool {
    guard let base = part.baseAddress else { return true }
    var at = 0
    while true {
      let stop = URICharacters.run(base, at, part.count, flags)
      guard uri.put(part.part(at, stop)) else { return false }
      if stop >= part.count { return true }
      guard uri.append(UInt8(ascii: "%")), uri.append(digit(base[stop] >> 4)), uri.append(digit(base[stop] & 15)) else {
        return false
      }
      at = stop &+ 1
    }
  }

  /// A hexadecimal digit in upper case, as RFC 3986, section 2.1, wants from producers.
  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x37 &+ value }

  private static func trim(_ text: Bytes) -> Bytes {
    var start = 0
    var end = text.count
    while start < end && text[start] <= 0x20 { start &+= 1 }
    while end > start && text[end &- 1] <= 0x20 { end &-= 1 }
    return text.part(start, end)
  }
}

extension URIRepair {
  /// Calls `body` with the repaired text. Fails with `invalidEvent` if percent-encoding cannot repair it.
  @export(interface)
  package static func withEncoded(_ text: Bytes, _ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
    var repaired = ByteBuffer()
    switch encode(text, into: &repaired) {
    case .encoded: try body(repaired.bytes)
    case .refused(let flaw): throw Failure(.invalidEvent, field: [], flaw: flaw)
    case .outOfMemory: throw .outOfMemory
    }
  }
}
