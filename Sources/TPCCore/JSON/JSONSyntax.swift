// SPDX-License-Identifier: Apache-2.0

/// Checks that a text is JSON as RFC 8259 defines it, in valid UTF-8 without a byte order mark.
///
/// Lone surrogates written as escapes are accepted, and so are numbers of any size: the grammar permits both.
package enum JSONSyntax {
  /// The deepest nesting of objects and arrays. RFC 8259, section 9, leaves this limit to the implementation.
  package static let maximumDepth = SyntaxReader.Levels.count * UInt64.bitWidth

  /// The first flaw that keeps the text from being JSON; nil if it is JSON.
  package static func check(_ text: Bytes) -> Flaw? {
    guard let base = text.baseAddress, text.count > 0 else { return Flaw(offset: 0, expected: "a JSON value") }
    var reader = SyntaxReader(base: base, count: text.count)
    return reader.readStart() && reader.readValue() && reader.readEnd() ? nil : reader.flaw
  }

  /// Where JSON, which `check` has accepted, is first nested deeper than this; nil if it is not.
  static func offset(deeperThan levels: Int, _ text: Bytes) -> Int? {
    var (depth, isInString, at) = (0, false, 0)
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: "\\"): at += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += isInString ? 0 : 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= isInString ? 0 : 1
      default: break
      }
      if depth > levels { return at }
      at += 1
    }
    return nil
  }
}

/// Whether the byte is JSON whitespace (RFC 8259, section 2: `ws`).
@inline(__always)
func isWhitespace(_ byte: UInt8) -> Bool {
  // Most bytes are not whitespace; the first comparison rules them out.
  byte <= 0x20 && (byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09)
}
