// SPDX-License-Identifier: Apache-2.0

extension URI {
  /// The ranges of a URI's parts within its text, without delimiters: the scheme has no `:`, the query no `?`. An
  /// absent part is nil; an empty part is an empty range. For text that `URI.check` accepts; for any other text, the
  /// ranges are merely within it.
  package struct Parts {
    package private(set) var scheme = 0..<0
    package private(set) var userinfo: Range<Int>?
    /// The host, with the brackets of an IP literal. Nil if the URI has no authority, as in `mailto:`.
    package private(set) var host: Range<Int>?
    package private(set) var port: Range<Int>?
    package private(set) var path = 0..<0
    package private(set) var query: Range<Int>?
    package private(set) var fragment: Range<Int>?

    @_optimize(speed)
    package init(_ text: Bytes) {
      var at = 0
      if let colon = URI.schemeEnd(text) {
        scheme = Parts.range(0, colon)
        at = colon &+ 1
      }
      if text.part(at, at &+ 2).matches("//") {
        let start = at &+ 2
        let hostEnd = Parts.run(text, start, URICharacters.userinfo)
        at = Parts.find(text, hostEnd, text.count, URI.endsAuthority)
        splitAuthority(text, start, at, isPlain: hostEnd == at)
      }
      let pathEnd = Parts.find(text, Parts.run(text, at, URICharacters.path), text.count) {
        $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
      }
      path = Parts.range(at, pathEnd)
      at = pathEnd
      if at < text.count && text[at] == UInt8(ascii: "?") {
        let end = Parts.find(text, Parts.run(text, at &+ 1, URICharacters.query), text.count) { $0 == UInt8(ascii: "#") }
        query = Parts.range(at &+ 1, end)
        at = end
      }
      if at < text.count { fragment = Parts.range(at &+ 1, text.count) }
    }

    @_optimize(speed)
    private mutating func splitAuthority(_ text: Bytes, _ start: Int, _ end: Int, isPlain: Bool) {
      var hostStart = start
      // Neither '@' nor '[' is a character of a plain one.
      var last = isPlain ? start : end
      // A valid authority has at most one '@'. If there are more, browsers take the last one, and so does this.
      while last > start {
        last &-= 1
        if text[last] == UInt8(ascii: "@") {
          userinfo = Parts.range(start, last)
          hostStart = last &+ 1
          break
        }
      }
      var hostEnd = hostStart
      if hostStart < end && text[hostStart] == UInt8(ascii: "[") {
        hostEnd = Parts.find(text, hostStart, end) { $0 == UInt8(ascii: "]") }
      }
      hostEnd = Parts.find(text, hostEnd, end) { $0 == UInt8(ascii: ":") }
      host = Parts.range(hostStart, hostEnd)
      if hostEnd < end { port = Parts.range(hostEnd &+ 1, end) }
    }

    @inline(__always)
    private static func range(_ start: Int, _ end: Int) -> Range<Int> {
      Range(uncheckedBounds: (min(start, end), max(start, end)))
    }

    /// The end of the characters from `start` on that are the most frequent ones, and end no part.
    @inline(never)
    @_optimize(speed)
    private static func run(_ text: Bytes, _ start: Int, _ flags: URICharacters.Flags) -> Int {
      text.baseAddress.map { URICharacters.run($0, start, text.count, flags) } ?? start
    }

    @inline(__always)
    private static func find(_ text: Bytes, _ start: Int, _ end: Int, _ isWanted: (UInt8) -> Bool) -> Int {
      var at = start
      while at < end && !isWanted(text[at]) { at &+= 1 }
      return at
    }
  }
}
