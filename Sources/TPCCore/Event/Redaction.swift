// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Removes secrets from URLs. A user's name and password are left out. The values of named parameters become
/// `REDACTED`: in the query, in the fragment (where OAuth 2.0's implicit grant puts its token), and in the parameters
/// of the path's segments (`;jsessionid=…`). So do values that are a URL, a query or JSON with such a secret inside,
/// percent-encoded or partly so as in `next=/reset%3Ftoken=…`, and path segments that hide one.
struct Redaction {
  private let names: SecretNames
  /// How many levels of percent-encoding are resolved to look for hidden parameters.
  private static let levels = 4

  /// Reads a comma-separated list. Fails with `invalidOption` if a name is too long.
  init(_ list: [UInt8]) throws(Failure) { names = try SecretNames(list) }

  // MARK: Quick check

  /// Whether `apply` may change the text (JSON without its quotes). It may find too much.
  @inline(__always)
  func concerns(_ text: Bytes) -> Bool {
    // Most URLs have no parameters and nothing that could hide one.
    if text.holds(UInt8(ascii: "@")) || text.holds(UInt8(ascii: "\\")) { return true }
    if text.holds(UInt8(ascii: "%")) && Redaction.holdsDelimiter(text) { return true }
    return text.holds(UInt8(ascii: "=")) && mayHoldParameter(text)
  }

  /// Checks only the name before each '=', and takes it for a parameter's name wherever it is.
  @_optimize(speed)
  private func mayHoldParameter(_ text: Bytes) -> Bool {
    var at = 0
    while let equals = text.tail(at).firstOffset(of: UInt8(ascii: "=")) {
      let end = at &+ equals
      var start = end
      while start > at, !Redaction.has(text[start &- 1], Redaction.nameEnds) { start &-= 1 }
      if hides(text.part(start, end), .name) { return true }
      at = end &+ 1
    }
    return false
  }

  /// Whether one of the text's escapes is a '=', '@', quote or another '%'.
  @inline(never)
  private static func holdsDelimiter(_ text: Bytes) -> Bool {
    var at = 0
    while let escape = text.tail(at).firstOffset(of: UInt8(ascii: "%")) {
      at &+= escape &+ 1
      guard at &+ 1 < text.count else { return false }
      // The two digits as one number, in lower case: 3d, 40, 22, 25.
      switch UInt16(text[at]) << 8 | UInt16(text[at &+ 1] | 0x20) {
      case 0x3364, 0x3430, 0x3232, 0x3235: return true
      default: break
      }
    }
    return false
  }

  /// Whether there is a parameter with one of the names at or after `start`, as in `name=`, or in JSON `"name":`.
  @inline(never)
  private func holdsParameter(_ text: Bytes, from start: Int) -> Bool {
    var name = start
    var at = start
    while true {
      at = Redaction.find(text, at, Redaction.nameEnds | Redaction.colon)
      guard at < text.count else { return false }
      let candidate = text.part(name, at)
      let isName = text[at] == UInt8(ascii: "=") || text[at] == UInt8(ascii: ":") && candidate.holds(UInt8(ascii: "\""))
      if isName && names.match(candidate) { return true }
      at &+= 1
      name = at
    }
  }

  // MARK: Redacting

  /// Appends `text` without its secrets. `false` when memory ran out.
  func apply(to text: Bytes, into output: inout ByteBuffer) -> Bool {
    let path = Redaction.find(text, 0, Redaction.pathEnds)
    return applyToPath(text.part(0, path), &output) && applyToQuery(text.part(path, text.count), &output)
  }

  /// Redacts a URL up to its query, segment by segment, each with its parameters; scheme, host and port count as
  /// segments. The user is left out, also that of a URL within the path.
  private func applyToPath(_ path: Bytes, _ output: inout ByteBuffer) -> Bool {
    var at = 0
    while true {
      let end = Redaction.find(path, at, Redaction.slash)
      let start = at
      at = Redaction.userEnd(path, at, end)
      // After a single slash, a segment that is a user alone must not leave two slashes behind: a host would follow them.
      if at > start, at == end, start < 2 || !Redaction.has(path[start &- 2], Redaction.slash), !output.put("REDACTED") { return false }
      guard applyToSegment(path.part(at, end), &output) else { return false }
      if end == path.count { return true }
      guard output.put(path.part(end, end &+ 1)) else { return false }
      at = end &+ 1
    }
  }

  /// Redacts a segment: its name and its parameters, which some links begin with a '&'.
  private func applyToSegment(_ segment: Bytes, _ output: inout ByteBuffer) -> Bool {
    var at = 0
    while true {
      let end = Redaction.find(segment, at, Redaction.parameter)
      let part = segment.part(at, end)
      let equals = Redaction.find(part, 0, Redaction.equals)
      var isSecret = at > 0 && equals < part.count && hides(part.part(0, equals), .name)
      let kept = isSecret ? equals &+ 1 : 0
      if !isSecret {
        isSecret = at > 0 ? holds(part, part) : hides(part, .segment)
      }
      guard output.put(part.part(0, isSecret ? kept : part.count)) else { return false }
      if isSecret && !output.put("REDACTED") { return false }
      if end == segment.count { return true }
      guard output.put(segment.part(end, end &+ 1)) else { return false }
      at = end &+ 1
    }
  }

  /// Redacts a query, from its '?' on, or a fragment, from its '#' on. A name ends at '='; a value ends at the next '&'
  /// or '#', but not at ';' or '?', which a secret may well contain.
  private func applyToQuery(_ text: Bytes, _ output: inout ByteBuffer) -> Bool {
    var at = 0
    // The end of the text after some '=' that has already been searched as one value.
    var checked = 0
    // Where the value ends, found only once even if the value has many separators.
    var end = 0
    while at < text.count {
      let start = at
      at = Redaction.find(text, start &+ 1, Redaction.nameEnds)
      let equals = at
      let hasValue = at < text.count && text[at] == UInt8(ascii: "=")
      if end < at { end = Redaction.find(text, at, Redaction.valueEnds) }
      at = Redaction.find(text, at, Redaction.separators)
      let name = text.part(start &+ 1, equals)
      var isSecret = hasValue && hides(name, .name)
      // Up to where the text is kept if there is a secret.
      var kept = hasValue ? equals &+ 1 : start &+ 1
      if holds(name, name) {
        (isSecret, kept) = (true, start &+ 1)
      } else if hasValue && !isSecret {
        // For a part after ';' or '?' within a value, do not search to the value's end again: the time would grow with
        // the square.
        isSecret = holds(text.part(equals &+ 1, checked < end ? end : at), text.part(equals &+ 1, at))
        checked = end
      }
      if isSecret { at = end }
      guard output.put(text.part(start, isSecret ? kept : at)) else { return false }
      if isSecret && !output.put("REDACTED") { return false }
    }
    return true
  }

  // MARK: What percent-encoding hides

  /// Whether a value has a secret inside. Of what is not percent-encoded, only the part before a separator is searched.
  @inline(never)
  private func holds(_ value: Bytes, _ part: Bytes) -> Bool { hides(value, .value) || holdsParameter(part, from: 0) }

  private enum Part {
    /// A parameter's name.
    case name
    /// A value, or what has its place: it may be a URL, a query or JSON.
    case value
    /// The name of a path's segment, which hides a query only after a separator.
    case segment
  }

  /// Whether a name is one of the list, or whether a part names a URL's user, as it is or once its escapes are resolved.
  /// With escapes, also whether it holds a parameter with one of the names. Also when memory ran out.
  @inline(never)
  @_optimize(speed)
  private func hides(_ text: Bytes, _ part: Part) -> Bool {
    if part == .name ? names.match(text) : part == .value && Redaction.namesUser(text) { return true }
    guard text.holds(UInt8(ascii: "%")) else { return false }
    var decoded = ByteBuffer()
    guard decoded.put(text) else { return true }
    for _ in 0..<Redaction.levels {
      guard decoded.resolveEscapes() else { return false }
      let url = decoded.bytes
      if part == .name {
        if names.match(url) { return true }
        continue
      }
      let start = part == .value ? 0 : Redaction.find(url, 0, Redaction.borders)
      if Redaction.namesUser(url) || holdsParameter(url, from: start) { return true }
    }
    return false
  }

  // MARK: Finding parts

  /// The end of user name and password, with the '@' after them, in the segment from `start` to `end`: after the last
  /// '@', as browsers have it if there are several. `start` if it names no user. An authority follows two slashes, at the
  /// text's start or after a scheme. Browsers also take one slash, or more, and proxies remove or add some: there, a user
  /// has a password.
  @inline(never)
  private static func userEnd(_ text: Bytes, _ start: Int, _ end: Int) -> Int {
    var at = end
    while at > start, text[at &- 1] != UInt8(ascii: "@") { at &-= 1 }
    if at == start { return start }
    var slashes = start
    while slashes > 0, has(text[slashes &- 1], slash) { slashes &-= 1 }
    let isAfterScheme = slashes > 0 && text[slashes &- 1] == UInt8(ascii: ":")
    if start &- slashes < (isAfterScheme ? 1 : 2) { return start }
    let isAuthority = start &- slashes >= 2 && (slashes == 0 || isAfterScheme)
    return isAuthority || text.part(start, at).holds(UInt8(ascii: ":")) ? at : start
  }

  /// Whether there is a URL, anywhere in the text, that names a user.
  @inline(never)
  private static func namesUser(_ text: Bytes) -> Bool {
    guard text.holds(UInt8(ascii: "@")) else { return false }
    var at = 0
    while at < text.count {
      let end = find(text, at, pathEnds | slash)
      if userEnd(text, at, end) > at { return true }
      at = end &+ 1
    }
    return false
  }

  /// The offset of the first byte from `start` on that is in the set, or the text's end.
  @inline(never)
  private static func find(_ text: Bytes, _ start: Int, _ set: ByteSet) -> Int {
    var at = start
    while at < text.count, !has(text[at], set) { at &+= 1 }
    return min(at, text.count)
  }

  /// A backslash counts as a slash, as it does for browsers.
  @inline(__always)
  private static func has(_ byte: UInt8, _ set: ByteSet) -> Bool {
    let byte = byte == UInt8(ascii: "\\") ? UInt8(ascii: "/") : byte
    return byte <= 63 && set >> UInt64(byte) & 1 == 1
  }

  /// A set of characters below 64, one bit each.
  private typealias ByteSet = UInt64

  private static let equals: ByteSet = 1 << 0x3D
  /// ';' and '&'.
  private static let parameter: ByteSet = 1 << 0x3B | 1 << 0x26
  private static let slash: ByteSet = 1 << 0x2F
  /// '?' and '#'.
  private static let pathEnds: ByteSet = 1 << 0x3F | 1 << 0x23
  /// '&' and '#'.
  private static let valueEnds: ByteSet = 1 << 0x26 | 1 << 0x23
  private static let separators: ByteSet = pathEnds | valueEnds | parameter
  private static let nameEnds: ByteSet = separators | equals
  private static let colon: ByteSet = 1 << 0x3A
  /// What a query or JSON in a path's segment begins with: also '"' and ','.
  private static let borders: ByteSet = separators | 1 << 0x22 | 1 << 0x2C
}
