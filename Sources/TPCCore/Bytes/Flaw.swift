// SPDX-License-Identifier: Apache-2.0

/// What a check found wrong with a text. It describes the problem without quoting the text, which may be a visitor's
/// data.
package struct Flaw: Equatable {
  /// The offset in bytes from the start of the text; the text's length if it ends too early.
  package var offset: Int
  /// The byte at that offset; nil if the text ends there or if `found` says more than a byte can.
  package var byte: UInt8?
  /// What was found, such as "a space"; nil if the byte says enough.
  package var found: StaticString?
  /// What is accepted instead, such as "an absolute URI (RFC 3986)".
  package var expected: StaticString
  /// Whether the text is valid as far as it was read but exceeds a limit, which `expected` names.
  package var isLimit: Bool

  package init(
    offset: Int, byte: UInt8? = nil, found: StaticString? = nil, expected: StaticString, isLimit: Bool = false
  ) {
    self.offset = offset
    self.byte = byte
    self.found = found
    self.expected = expected
    self.isLimit = isLimit
  }

  package static func == (left: Flaw, right: Flaw) -> Bool {
    left.offset == right.offset && left.byte == right.byte
  }
}
