// SPDX-License-Identifier: Apache-2.0

/// Makes untrusted text safe to show to people. Characters that a terminal or a log's reader would act on are shown as
/// escapes such as `\u001B`: control characters (C0, DEL, C1), line separators, and the marks that change the direction
/// of text. So are bytes that are not UTF-8, which an 8-bit terminal may take for control characters.
package enum Printable {
  /// Calls `put` with the text, piece by piece. In JSON, whitespace is passed on unchanged: it only occurs between
  /// values, and everything that is shown as an escape only within strings, so the result is the same JSON.
  @export(interface)
  package static func forEachPiece(of text: Bytes, isJSON: Bool = false, _ put: (Bytes) -> Void) {
    var start = 0
    var at = 0
    while let (scalar, length) = nextHidden(text, &at) {
      if isJSON && scalar < 0x20 {
        at &+= 1
        continue
      }
      put(text.part(start, at))
      var escape = MessageBuilder()
      escape.add("\\u")
      for shift: UInt32 in [12, 8, 4, 0] {
        let digit = UInt8(truncatingIfNeeded: scalar >> shift & 15)
        escape.add([digit < 10 ? 0x30 &+ digit : 0x37 &+ digit])
      }
      escape.text.withUnsafeBufferPointer(put)
      at &+= length
      start = at
    }
    put(text.part(start, text.count))
  }

  static func isPrintable(_ text: Bytes) -> Bool {
    var at = 0
    return nextHidden(text, &at) == nil
  }

  /// Moves `at` to the next character that must be shown as an escape, and returns its code point and its length in
  /// bytes.
  private static func nextHidden(_ text: Bytes, _ at: inout Int) -> (scalar: UInt32, length: Int)? {
    guard let base = text.baseAddress else { return nil }
    while at < text.count {
      let byte = base[at]
      if byte < 0x80 {
        if byte < 0x20 || byte == 0x7F { return (UInt32(byte), 1) }
        at &+= 1
        continue
      }
      let length = UTF8Text.sequenceLength(base, at, text.count)
      if length == 0 { return (UInt32(byte), 1) }
      if length < 4 {
        let scalar = decode(base + at, length)
        if isHidden(scalar) { return (scalar, length) }
      }
      at &+= length
    }
    return nil
  }

  /// The code point of a character of two or three bytes.
  private static func decode(_ base: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    if length == 2 { return UInt32(base[0] & 0x1F) << 6 | UInt32(base[1] & 0x3F) }
    return UInt32(base[0] & 0x0F) << 12 | UInt32(base[1] & 0x3F) << 6 | UInt32(base[2] & 0x3F)
  }

  private static func isHidden(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x80...0x9F: true
    // Unicode Standard Annex 9: the marks, embeddings, overrides and isolates. The line separators lie between them.
    case 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

extension MessageBuilder {
  /// Adds untrusted text, with escapes where needed (`Printable`).
  package mutating func add(printable text: Bytes) { Printable.forEachPiece(of: text) { add($0) } }

  /// The text with escapes where needed (`Printable`); the text itself if it needs none.
  static func printable(_ text: [UInt8]) -> [UInt8] {
    text.withUnsafeBufferPointer { bytes in
      if Printable.isPrintable(bytes) { return text }
      var shown = MessageBuilder()
      shown.add(printable: bytes)
      return shown.text
    }
  }
}
