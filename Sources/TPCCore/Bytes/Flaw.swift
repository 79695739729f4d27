// SPDX-License-Identifier: Apache-2.0

/// What a check found wrong with a text. It says what was found without quoting the text, which may be a visitor's.
public struct Flaw: Equatable {
  /// Where, in bytes from the start of the text; equal to its length when the text ends too early.
  public var offset: Int
  /// The byte that stands there; nil when the text ends there or when `found` says more than a byte can.
  public var byte: UInt8?
  /// What was found, such as "a space"; nil when the byte alone says it.
  public var found: StaticString?
  /// What is accepted there or instead, such as "an absolute URI (RFC 3986)".
  public var expected: StaticString
  /// Whether the text is sound as far as it was read, but passes a limit, which `expected` names.
  public var isLimit: Bool

  public init(
    offset: Int, byte: UInt8? = nil, found: StaticString? = nil, expected: StaticString, isLimit: Bool = false
  ) {
    self.offset = offset
    self.byte = byte
    self.found = found
    self.expected = expected
    self.isLimit = isLimit
  }

  public static func == (left: Flaw, right: Flaw) -> Bool {
    left.offset == right.offset && left.byte == right.byte
  }
}
