// SPDX-License-Identifier: Apache-2.0

/// Which characters each part of a URI may contain: one byte of flags for each byte value (RFC 3986, appendix A).
enum URICharacters {
  typealias Flags = UInt8

  static let scheme: Flags = 1
  /// `unreserved` and `sub-delims`: the characters of a registered name, besides percent-escapes.
  static let registeredName: Flags = 2
  static let userinfo: Flags = 4
  /// `pchar` and the slash, besides percent-escapes.
  static let path: Flags = 8
  /// The characters of a query or a fragment, besides percent-escapes.
  static let query: Flags = 16

  /// The offset of the first byte, from `offset` on, that does not have the flag. Percent-escapes with their two digits
  /// are skipped.
  @inline(__always)
  static func run(_ base: UnsafePointer<UInt8>, _ offset: Int, _ count: Int, _ flags: Flags) -> Int {
    let table = table.utf8Start
    var at = offset
    while true {
      while count &- at >= 4 {
        let (a, b, c, d) = (base[at], base[at &+ 1], base[at &+ 2], base[at &+ 3])
        if table[Int(a)] & table[Int(b)] & table[Int(c)] & table[Int(d)] & flags == 0 { break }
        at &+= 4
      }
      while at < count && table[Int(base[at])] & flags != 0 { at &+= 1 }
      guard isEscape(base, at, count) else { return at }
      at &+= 3
    }
  }

  @inline(__always)
  static func has(_ byte: UInt8, _ flags: Flags) -> Bool { table.utf8Start[Int(byte)] & flags != 0 }

  /// Whether `pct-encoded` starts at `at`.
  @inline(__always)
  static func isEscape(_ base: UnsafePointer<UInt8>, _ at: Int, _ count: Int) -> Bool {
    count &- at >= 3 && base[at] == UInt8(ascii: "%") && hexadecimalValue(base[at &+ 1]) != nil
      && hexadecimalValue(base[at &+ 2]) != nil
  }

  /// The flags of each byte value, 32 per row, each as one character: `@` (0x40) plus the flags. So `_` has all of
  /// them, `^` all but `scheme`, `\` is for the colon, `X` for `/` and `@`, `P` for `?`. It is a string literal because
  /// that is constant data in the library: any other kind of table would be built on first use, and every use would
  /// have to check whether it exists.
  private static let table: StaticString = """
    @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\
    @^@@^@^^^^^_^__X__________\\^@^@P\
    X__________________________@@@@^\
    @__________________________@@@^@\
    @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\
    @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\
    @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\
    @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
    """
}
