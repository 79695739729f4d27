// SPDX-License-Identifier: Apache-2.0

/// Text from elsewhere, for people to read. What a terminal or a log's reader would act on is shown as `\u001B` and the like:
/// control characters (C0, DEL, C1), line separators, and the marks that turn the direction of text. So is a byte that is not
/// UTF-8, which an 8-bit terminal may take for a control.
public enum Printable {
  /// Calls `put` with the text piece by piece. In JSON whitespace stays as it is: none stands in a string, and all else that is
  /// shown as an escape stands in one, so it is the same JSON.
  @export(interface)
  public static func forEachPiece(of text: Bytes, isJSON: Bool = false, _ put: (Bytes) -> Void) {
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

  /// Moves `at` to the next character that is not shown as it is, and returns its number and how many bytes it has.
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

  /// A character of two or three bytes.
  private static func decode(_ base: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    if length == 2 { return UInt32(base[0] & 0x1F) << 6 | UInt32(base[1] & 0x3F) }
    return UInt32(base[0] & 0x0F) << 12 | UInt32(base[1] & 0x3F) << 6 | UInt32(base[2] & 0x3F)
  }

  private static func isHidden(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x80...0x9F: true
    // Unicode Standard Annex 9: the marks, embeddings, overrides and isolates; between them the line separators.
    case 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

extension MessageBuilder {
  /// Text from elsewhere.
  public mutating func add(printable text: Bytes) { Printable.forEachPiece(of: text) { add($0) } }

  /// The text itself where all of it can be shown.
  static func printable(_ text: [UInt8]) -> [UInt8] {
    text.withUnsafeBufferPointer { bytes in
      if Printable.isPrintable(bytes) { return text }
      var shown = MessageBuilder()
      shown.add(printable: bytes)
      return shown.text
    }
  }
}
