// SPDX-License-Identifier: Apache-2.0

/// Which characters may stand where in a URI: one byte of flags for each byte value (RFC 3986, appendix A).
enum URICharacters {
  typealias Flags = UInt8

  static let scheme: Flags = 1
  /// `unreserved` and `sub-delims`: what a registered name is made of, besides percent-escapes.
  static let registeredName: Flags = 2
  static let userinfo: Flags = 4
  /// `pchar` and the slash, besides percent-escapes.
  static let path: Flags = 8
  /// Of a query, and likewise of a fragment, besides percent-escapes.
  static let query: Flags = 16

  /// Where `run` stops: at the first byte from `offset` on that lacks one of the flags. A percent-escape with its two digits
  /// passes.
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

  /// `pct-encoded`.
  @inline(__always)
  static func isEscape(_ base: UnsafePointer<UInt8>, _ at: Int, _ count: Int) -> Bool {
    count &- at >= 3 && base[at] == UInt8(ascii: "%") && hexadecimalValue(base[at &+ 1]) != nil
      && hexadecimalValue(base[at &+ 2]) != nil
  }

  /// The flags of each byte value, 32 a row, as one character: `@` (0x40) plus the flags. So `_` has all of them, `^` all but
  /// `scheme`, `\` is for the colon, `X` for `/` and `@`, `P` for `?`. A literal, since that lies in the library's constant
  /// data: a table of another kind is made at its first use, and every use asks whether it is there.
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
