// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Takes secrets out of URLs. A user's name and password are left out. The values of named parameters become `REDACTED`: in the
/// query, in the fragment (where OAuth 2.0's implicit grant puts its token), and in the parameters of the path's parts
/// (`;jsessionid=…`). So does a value that is a URL or a query and holds such a secret itself, percent-encoded as in
/// `next=%2Freset%3Ftoken%3D…`, and a part of the path that hides a query.
struct Redaction {
  private let names: SecretNames
  /// Percent-encoding may be percent-encoded: as many times it is resolved to look for what is behind it.
  private static let levels = 4

  /// From a list separated by commas. Fails with `invalidOption` for a name that is too long.
  init(_ list: [UInt8]) throws(Failure) { names = try SecretNames(list) }

  // MARK: Whether there is something to do

  /// Whether `apply` may change the text (as JSON between its quotes).
  @inline(__always)
  func concerns(_ text: Bytes) -> Bool {
    // Most URLs have no parameters, and nothing that may hide one.
    if text.holds(UInt8(ascii: "@")) || text.holds(UInt8(ascii: "\\")) { return true }
    if text.holds(UInt8(ascii: "%")) && Redaction.holdsSeparator(text) { return true }
    return text.holds(UInt8(ascii: "=")) && mayHoldParameter(text)
  }

  /// Looks at the name before each '=' only, and takes it for a parameter's wherever it stands: that may be too much.
  private func mayHoldParameter(_ text: Bytes) -> Bool {
    var at = 0
    while let equals = text.tail(at).firstOffset(of: UInt8(ascii: "=")) {
      let end = at &+ equals
      var start = end
      while start > at, text[start &- 1] > 63 || Redaction.nameEnds >> UInt64(text[start &- 1]) & 1 == 0 { start &-= 1 }
      if names.match(text.part(start, end)) { return true }
      at = end &+ 1
    }
    return false
  }

  /// Whether an escape stands for '=' or for another '%', without which no parameter hides behind escapes.
  private static func holdsSeparator(_ text: Bytes) -> Bool {
    var at = 0
    while let escape = text.tail(at).firstIndex(of: UInt8(ascii: "%")) {
      at &+= escape &+ 1
      let digits = text.part(at, at &+ 2)
      if digits.matchesIgnoringCase("3d") || digits.matches("25") || digits.matches("40") { return true }
    }
    return false
  }

  /// Whether a named parameter stands behind a separator from `start` on, where one stands, or begins a value.
  private func holdsParameter(_ text: Bytes, from start: Int) -> Bool {
    var at = start
    while at < text.count {
      let name = at &+ 1
      at = Redaction.find(text, name, Redaction.nameEnds)
      guard at < text.count, text[at] == UInt8(ascii: "=") else { continue }
      if names.match(text.part(name, at)) || beginsWithSecret(text.tail(at &+ 1)) { return true }
      at = Redaction.find(text, at, Redaction.separators)
    }
    return false
  }

  // MARK: Doing it

  /// Appends `text` without its secrets. `false` when memory ran out.
  func apply(to text: Bytes, into output: inout ByteBuffer) -> Bool {
    let user = Redaction.userinfo(text, 0)
    guard output.put(text.part(0, user.lowerBound)) else { return false }
    let path = Redaction.find(text, user.upperBound, Redaction.pathEnds)
    return applyToPath(text.part(user.upperBound, path), &output) && applyToQuery(text.part(path, text.count), &output)
  }

  /// Part by part, each with its parameters, and host and port as the first.
  private func applyToPath(_ path: Bytes, _ output: inout ByteBuffer) -> Bool {
    var at = 0
    while true {
      let end = Redaction.find(path, at, Redaction.slash)
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
      let isSecret = equals < end && names.match(part.part(at &+ 1, equals))
      guard output.put(part.part(at, isSecret ? equals &+ 1 : end)) else { return false }
      if isSecret && !output.put("REDACTED") { return false }
      at = end
    }
    return true
  }

  /// A query from its '?' on, or a fragment from its '#' on. A name goes up to '=', a value up to the next '&' or '#'; not to a
  /// ';' or '?', which may well stand in a secret.
  private func applyToQuery(_ text: Bytes, _ output: inout ByteBuffer) -> Bool {
    var at = 0
    // Up to where the text behind some '=' was looked through as one value.
    var checked = 0
    // Where the value ends: for many separators in one value it is looked for once.
    var end = 0
    while at < text.count {
      let start = at
      at = Redaction.find(text, start &+ 1, Redaction.nameEnds)
      let equals = at
      let hasValue = at < text.count && text[at] == UInt8(ascii: "=")
      if end < at { end = Redaction.find(text, at, Redaction.valueEnds) }
      at = Redaction.find(text, at, Redaction.separators)
      var isSecret = hasValue && names.match(text.part(start &+ 1, equals))
      if hasValue && !isSecret {
        // Not to the end again for what stands behind a ';' or '?' in it: the time would grow with the square.
        guard let isHidden = hidesSecret(text.part(equals &+ 1, checked < end ? end : at), isValue: true) else { return false }
        isSecret = isHidden
        checked = end
      }
      if isSecret { at = end }
      guard output.put(text.part(start, isSecret ? equals &+ 1 : at)) else { return false }
      if isSecret && !output.put("REDACTED") { return false }
    }
    return true
  }

  // MARK: What percent-encoding hides

  /// Whether a value is a URL or a query that holds a secret, as it stands or once its escapes are resolved; likewise whether a
  /// part of the path hides a query that does. Nil when memory ran out.
  private func hidesSecret(_ text: Bytes, isValue: Bool) -> Bool? {
    if isValue && (!Redaction.userinfo(text, 0).isEmpty || beginsWithSecret(text)) { return true }
    guard text.holds(UInt8(ascii: "%")), Redaction.holdsSeparator(text) else { return false }
    var decoded = ByteBuffer()
    guard decoded.put(text) else { return nil }
    for _ in 0..<Redaction.levels {
      guard Redaction.resolve(&decoded) else { return false }
      let url = decoded.bytes
      let first = Redaction.find(url, 0, isValue ? Redaction.separators : Redaction.pathEnds)
      if holdsParameter(url, from: first) || !Redaction.userinfo(url, 0).isEmpty { return true }
      if isValue && beginsWithSecret(url) { return true }
    }
    return false
  }

  /// Of a query without its question mark.
  private func beginsWithSecret(_ query: Bytes) -> Bool {
    let end = Redaction.find(query, 0, Redaction.nameEnds)
    return end < query.count && query[end] == UInt8(ascii: "=") && names.match(query.part(0, end))
  }

  /// Resolves the text's percent-escapes in place. `false` when there are none.
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

  // MARK: Places

  /// Where a URL that begins at `start` has its user's name and password, with the '@' behind them; empty where it has none.
  private static func userinfo(_ text: Bytes, _ start: Int) -> Range<Int> {
    let url = text.tail(start)
    guard let colon = URI.schemeEnd(url), url.part(colon &+ 1, colon &+ 3).matches("//") else { return start..<start }
    let authority = start &+ colon &+ 3
    let end = find(text, authority, pathEnds | slash)
    // The last '@', as browsers read what has several.
    var at = end
    while at > authority, text[at &- 1] != UInt8(ascii: "@") { at &-= 1 }
    return at > authority ? authority..<at : authority..<authority
  }

  /// The first byte from `start` on that is in a set, or the text's end.
  @inline(never)
  private static func find(_ text: Bytes, _ start: Int, _ set: ByteSet) -> Int {
    var at = start
    while at < text.count, text[at] > 63 || set >> UInt64(text[at]) & 1 == 0 { at &+= 1 }
    return min(at, text.count)
  }

  /// Characters below 64, each a bit.
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
}
