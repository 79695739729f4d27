// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Removes secrets from URLs. A user's name and password are left out. The values of named parameters become
/// `REDACTED`: in the query, in the fragment (where OAuth 2.0's implicit grant puts its token), and in the parameters
/// of the path's segments (`;jsessionid=…`). So do values that are a URL or a query with such a secret inside,
/// percent-encoded or partly so as in `next=/reset%3Ftoken=…`, and path segments that hide a query.
struct Redaction {
  private let names: SecretNames
  /// How many levels of percent-encoding are resolved to look for hidden parameters.
  private static let levels = 4

  /// Reads a comma-separated list. Fails with `invalidOption` if a name is too long.
  init(_ list: [UInt8]) throws(Failure) { names = try SecretNames(list) }

  // MARK: Quick check

  /// Whether `apply` may change the text (JSON without its quotes).
  @inline(__always)
  func concerns(_ text: Bytes) -> Bool {
    // Most URLs have no parameters and nothing that could hide one.
    if text.holds(UInt8(ascii: "@")) || text.holds(UInt8(ascii: "\\")) { return true }
    if text.holds(UInt8(ascii: "%")) && Redaction.holdsSeparator(text) { return true }
    return text.holds(UInt8(ascii: "=")) && mayHoldParameter(text)
  }

  /// Checks only the name before each '=', and takes it for a parameter's name wherever it is; it may find too much.
  @_optimize(speed)
  private func mayHoldParameter(_ text: Bytes) -> Bool {
    var at = 0
    while let equals = text.tail(at).firstOffset(of: UInt8(ascii: "=")) {
      let end = at &+ equals
      var start = end
      while start > at, !Redaction.has(text[start &- 1], Redaction.nameEnds) { start &-= 1 }
      if isSecret(text.part(start, end)) { return true }
      at = end &+ 1
    }
    return false
  }

  /// Whether a parameter of this name is secret. More may come before the name: a route or the mark of one
  /// (`#!/a/token=`).
  @inline(never)
  private func isSecret(_ name: Bytes) -> Bool {
    if names.match(name) { return true }
    var start = name.count
    while start > 0, !Redaction.has(name[start &- 1], Redaction.routes) { start &-= 1 }
    return start > 0 && names.match(name.tail(start))
  }

  /// Whether a secret may hide behind the text's escapes: with one of '=', '@' or another '%', or with one of another
  /// separator and an '=' or '@' as it is.
  @inline(never)
  private static func holdsSeparator(_ text: Bytes) -> Bool {
    let isPartly = text.holds(UInt8(ascii: "=")) || text.holds(UInt8(ascii: "@"))
    var at = 0
    while let escape = text.tail(at).firstIndex(of: UInt8(ascii: "%")) {
      at &+= escape &+ 1
      let digits = text.part(at, at &+ 2)
      if digits.matchesIgnoringCase("3d") || digits.matches("25") || digits.matches("40") { return true }
      if isPartly && (SecretNames.isSeparator(digits) || digits.matchesIgnoringCase("3a")) { return true }
    }
    return false
  }

  /// Whether, after a separator at or after `start`, there is a parameter with one of the names, or a value that begins
  /// with one.
  private func holdsParameter(_ text: Bytes, from start: Int) -> Bool {
    var at = start
    while at < text.count {
      let name = at &+ 1
      at = Redaction.find(text, name, Redaction.nameEnds)
      guard at < text.count, text[at] == UInt8(ascii: "=") else { continue }
      if isSecret(text.part(name, at)) || beginsWithSecret(text.tail(at &+ 1)) { return true }
      at = Redaction.find(text, at, Redaction.separators)
    }
    return false
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
      if at > 2 && Redaction.isAuthority(path, at) { at = Redaction.userEnd(path, at, end) }
      let part = path.part(at, end)
      guard let isSecret = hidesSecret(part, isValue: false) else { return false }
      guard isSecret ? output.put("REDACTED") : applyToPart(part, &output) else { return false }
      if end == path.count { return true }
      guard output.put("/") else { return false }
      at = end &+ 1
    }
  }

  private func applyToPart(_ part: Bytes, _ output: inout ByteBuffer) -> Bool {
    var at = Redaction.find(part, 0, Redaction.parameter)
    guard output.put(part.part(0, at)) else { return false }
    while at < part.count {
      let end = Redaction.find(part, at &+ 1, Redaction.parameter)
      let equals = min(end, at &+ 1 &+ Redaction.find(part.part(at &+ 1, end), 0, Redaction.equals))
      let isSecret = equals < end && isSecret(part.part(at &+ 1, equals))
      guard output.put(part.part(at, isSecret ? equals &+ 1 : end)) else { return false }
      if isSecret && !output.put("REDACTED") { return false }
      at = end
    }
    return true
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
      var isSecret = hasValue && isSecret(text.part(start &+ 1, equals))
      // Up to where the text is kept if there is a secret.
      var kept = hasValue ? equals &+ 1 : start &+ 1
      let name = text.part(start &+ 1, equals)
      guard let isInName = hidesSecret(name, isValue: false) else { return false }
      if isInName || Redaction.namesUser(name) {
        (isSecret, kept) = (true, start &+ 1)
      } else if hasValue && !isSecret {
        // For a part after ';' or '?' within a value, do not search to the value's end again: the time would grow with
        // the square.
        guard let isHidden = hidesSecret(text.part(equals &+ 1, checked < end ? end : at), isValue: true) else { return false }
        isSecret = isHidden
        checked = end
      }
      if isSecret { at = end }
      guard output.put(text.part(start, isSecret ? kept : at)) else { return false }
      if isSecret && !output.put("REDACTED") { return false }
    }
    return true
  }

  // MARK: What percent-encoding hides

  /// Whether a value is a URL or a query with a secret inside, as it is or once its escapes are resolved; or whether a
  /// path segment hides a query with one. Nil when memory ran out.
  @inline(never)
  private func hidesSecret(_ text: Bytes, isValue: Bool) -> Bool? {
    if isValue && (Redaction.namesUser(text) || beginsWithSecret(text)) { return true }
    guard text.holds(UInt8(ascii: "%")), Redaction.holdsSeparator(text) else { return false }
    var decoded = ByteBuffer()
    guard decoded.put(text) else { return nil }
    for _ in 0..<Redaction.levels {
      guard Redaction.resolve(&decoded) else { return false }
      let url = decoded.bytes
      let first = Redaction.find(url, 0, isValue ? Redaction.separators : Redaction.pathEnds)
      if holdsParameter(url, from: first) || Redaction.namesUser(url) { return true }
      if isValue && beginsWithSecret(url) { return true }
    }
    return false
  }

  /// Whether a query, given without its question mark, begins with a named parameter.
  @inline(never)
  private func beginsWithSecret(_ query: Bytes) -> Bool {
    let end = Redaction.find(query, 0, Redaction.nameEnds)
    return end < query.count && query[end] == UInt8(ascii: "=") && isSecret(query.part(0, end))
  }

  /// Resolves the text's percent-escapes in place. `false` if there are none.
  private static func resolve(_ text: inout ByteBuffer) -> Bool {
    guard let base = text.base else { return false }
    var (from, to) = (0, 0)
    while from < text.count {
      var byte = base[from]
      if byte == UInt8(ascii: "%"), from &+ 2 < text.count, let high = hexadecimalValue(base[from &+ 1]),
        let low = hexadecimalValue(base[from &+ 2])
      {
        byte = high << 4 | low
        from &+= 2
      }
      base[to] = byte
      from &+= 1
      to &+= 1
    }
    text.truncate(to: to)
    return from != to
  }

  // MARK: Finding parts

  /// Whether an authority begins at `at`: after `//`, at the text's start or after a scheme.
  private static func isAuthority(_ text: Bytes, _ at: Int) -> Bool {
    at >= 2 && text[at &- 1] == UInt8(ascii: "/") && text[at &- 2] == UInt8(ascii: "/")
      && (at == 2 || text[at &- 3] == UInt8(ascii: ":"))
  }

  /// The end of user name and password, with the '@' after them, in the authority from `start` to `end`: after the last
  /// '@', as browsers have it if there are several. `start` if it names no user.
  private static func userEnd(_ text: Bytes, _ start: Int, _ end: Int) -> Int {
    var at = end
    while at > start, text[at &- 1] != UInt8(ascii: "@") { at &-= 1 }
    return at
  }

  /// Whether there is a URL, anywhere in the text, that names a user.
  @inline(never)
  private static func namesUser(_ text: Bytes) -> Bool {
    guard text.holds(UInt8(ascii: "@")) else { return false }
    var at = 0
    while let slash = text.tail(at).firstOffset(of: UInt8(ascii: "/")) {
      at &+= slash &+ 1
      guard isAuthority(text, at) else { continue }
      let end = find(text, at, pathEnds | Redaction.slash)
      if userEnd(text, at, end) > at { return true }
      at = end
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

  @inline(__always)
  private static func has(_ byte: UInt8, _ set: ByteSet) -> Bool { byte <= 63 && set >> UInt64(byte) & 1 == 1 }

  /// A set of characters below 64, one bit each.
  private typealias ByteSet = UInt64

  private static let equals: ByteSet = 1 << 0x3D
  private static let parameter: ByteSet = 1 << 0x3B
  private static let slash: ByteSet = 1 << 0x2F
  /// '?' and '#'.
  private static let pathEnds: ByteSet = 1 << 0x3F | 1 << 0x23
  /// '&' and '#'.
  private static let valueEnds: ByteSet = 1 << 0x26 | 1 << 0x23
  private static let separators: ByteSet = pathEnds | valueEnds | parameter
  private static let nameEnds: ByteSet = separators | equals
  /// The ends of what may come before a name: '/' and '!'.
  private static let routes: ByteSet = slash | 1 << 0x21
}
