// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Collects the text of a page. What comes from a log is always written by `put(escaped:)`.
final class HTMLText {
  private var buffer = ByteBuffer()
  /// Whether memory ran out; the text is not whole then.
  private(set) var isBroken = false

  var bytes: Bytes { buffer.bytes }

  /// Writes markup as it is.
  func put(_ markup: StaticString) { if !buffer.append(markup) { isBroken = true } }

  func put(_ number: Int) { if !buffer.append(decimal: number) { isBroken = true } }

  /// Writes a number that was given in tenths, as SVG takes it.
  func put(tenths: Int) {
    put(tenths / 10)
    if tenths % 10 != 0 {
      put(".")
      put(abs(tenths % 10))
    }
  }

  /// Writes a text, with references for the characters that mean something in markup or in the value of an attribute.
  func put(escaped text: Bytes) {
    var start = 0
    for at in 0..<text.count {
      guard let reference = HTMLText.reference(text[at]) else { continue }
      append(text.part(start, at))
      put(reference)
      start = at + 1
    }
    append(text.part(start, text.count))
  }

  func put(escaped text: [UInt8]) { text.withUnsafeBufferPointer { put(escaped: $0) } }

  func put(escaped text: StaticString) { put(escaped: text.bytes) }

  private func append(_ text: Bytes) { if !buffer.append(text) { isBroken = true } }

  private static func reference(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }
}

extension ReaderGroup {
  /// What the page's style calls the group.
  var className: StaticString {
    switch self {
    case .training: "training"
    case .search: "search"
    case .user: "user"
    case .agent: "agent"
    case .people: "people"
    case .others: "others"
    }
  }
}
