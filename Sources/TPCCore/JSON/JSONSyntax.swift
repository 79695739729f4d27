// SPDX-License-Identifier: Apache-2.0

/// Whether a text is JSON as RFC 8259 has it, in valid UTF-8 without a byte order mark.
///
/// Lone surrogates written as escapes pass, and so do numbers of any size: the grammar permits both.
public enum JSONSyntax {
  /// How deep objects and arrays may stand in one another. RFC 8259, section 9, leaves the limit to the reader.
  public static let maximumDepth = 512

  /// The first place where the text is not JSON; nil when all of it is.
  public static func check(_ text: Bytes) -> Flaw? {
    guard let base = text.baseAddress, text.count > 0 else { return Flaw(offset: 0, expected: "a JSON value") }
    var reader = SyntaxReader(base: base, count: text.count)
    return reader.readStart() && reader.readValue() && reader.readEnd() ? nil : reader.flaw
  }
}

/// RFC 8259, section 2: `ws`.
@inline(__always)
func isWhitespace(_ byte: UInt8) -> Bool {
  // Most bytes are none, which the first comparison tells.
  byte <= 0x20 && (byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09)
}
