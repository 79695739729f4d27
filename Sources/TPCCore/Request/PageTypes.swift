// SPDX-License-Identifier: Apache-2.0

/// The content types of responses that are pages: the option `page_types`.
struct PageTypes {
  private let types: [[UInt8]]

  /// Reads a list separated by commas. Fails with `invalidOption` for an entry that is not a content type.
  init(_ list: [UInt8]) throws(Failure) {
    types = OptionValue.list(list)
    for type in types where !type.withUnsafeBufferPointer({ PageTypes.isType($0) }) {
      throw Failure(
        .invalidOption, field: "page_types",
        "found an entry that is not a content type; expected types such as text/html, without parameters, separated by commas")
    }
  }

  /// Whether pages have this media type.
  func contain(_ type: Bytes) -> Bool {
    types.contains { known in known.withUnsafeBufferPointer { type.matchesIgnoringCase($0) } }
  }

  /// The media type in a Content-Type header, without its parameters; nil when it names none. The first one, if the header was
  /// sent twice.
  static func mediaType(_ header: Bytes) -> Bytes? {
    var (start, end) = (0, header.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") } ?? header.count)
    while start < end, header[start] <= 0x20 { start &+= 1 }
    while end > start, header[end &- 1] <= 0x20 { end &-= 1 }
    return start < end ? header.part(start, end) : nil
  }

  static func isHTML(_ type: Bytes) -> Bool {
    type.matchesIgnoringCase("text/html") || type.matchesIgnoringCase("application/xhtml+xml")
  }

  /// Two tokens with a slash between them (RFC 9110, section 8.3.1). A parameter or a star would match nothing.
  private static func isType(_ text: Bytes) -> Bool {
    guard let slash = text.firstOffset(of: UInt8(ascii: "/")), slash > 0, slash < text.count &- 1 else { return false }
    for byte in text where byte <= 0x2A || byte == UInt8(ascii: ";") || byte >= 0x7F { return false }
    return !text.tail(slash &+ 1).holds(UInt8(ascii: "/"))
  }
}
