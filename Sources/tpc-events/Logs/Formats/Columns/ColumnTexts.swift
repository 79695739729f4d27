// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Turns the texts of columns into what the visitor sent. Each log has its own way of writing a space within a text.
struct ColumnTexts: ~Copyable {
  private var decoded = ByteBuffer()

  /// Makes room for the texts of a line. `false` when memory ran out.
  mutating func begin(_ line: Bytes) -> Bool {
    decoded.truncate(to: 0)
    // Decoding makes no text longer. One in quotes is copied without them, and a user agent may be decoded twice.
    return decoded.reserve(3 * line.count)
  }

  /// A user agent in CloudFront's percent-encoding: a space is `%20`. From 2013 to 2019 it was encoded twice, so that there was `%2520` and
  /// no `%20`.
  mutating func userAgent(percentEncoded text: Bytes) -> Bytes {
    let once = decodedOnce(text)
    return ColumnTexts.holds(text, "%2520") && !ColumnTexts.holds(text, "%20") ? decodedOnce(once) : once
  }

  private mutating func decodedOnce(_ text: Bytes) -> Bytes {
    guard text.contains(UInt8(ascii: "%")) else { return text }
    let offset = decoded.count
    PercentCode.appendDecoded(text, to: &decoded)
    return decoded.bytes.part(offset, decoded.count)
  }

  /// A URL or a part of one in CloudFront's percent-encoding, which encodes the `%` of what the visitor encoded. What only CloudFront encoded is
  /// the same URL in either form and stays, except for a `~`, which no URL encodes.
  mutating func url(percentEncoded text: Bytes) -> Bytes {
    guard ColumnTexts.holds(text, "%25") || ColumnTexts.holds(text, "%7E") else { return text }
    let offset = decoded.count
    var at = 0
    while at < text.count {
      let code = text.part(at, at + 3)
      if code.matches("%25") {
        _ = decoded.append("%")
        at += 3
        // A `%` that begins no code was a `%` of its own.
        if !ColumnTexts.isCode(text, at) { _ = decoded.append("25") }
      } else if code.matches("%7E") {
        _ = decoded.append("~")
        at += 3
      } else {
        _ = decoded.append(text[at])
        at += 1
      }
    }
    return decoded.bytes.part(offset, decoded.count)
  }

  private static func isCode(_ text: Bytes, _ at: Int) -> Bool {
    at + 1 < text.count && CombinedEscapes.digit(text[at]) != nil && CombinedEscapes.digit(text[at + 1]) != nil
  }

  /// A text with `+` for each space. A user agent's `+` before a URL was a `+`, and so was one after a parenthesis: `++https://` was
  /// ` +https://`, and `+(+https://` was ` (+https://`.
  mutating func text(plusForSpace text: Bytes) -> Bytes {
    guard text.contains(UInt8(ascii: "+")) else { return text }
    let offset = decoded.count
    for at in text.indices {
      _ = decoded.append(text[at] == UInt8(ascii: "+") && !isPlus(text, at) ? 0x20 : text[at])
    }
    return decoded.bytes.part(offset, decoded.count)
  }

  private func isPlus(_ text: Bytes, _ at: Int) -> Bool {
    guard at > 0 else { return false }
    return text[at - 1] == UInt8(ascii: "(") || text[at - 1] == UInt8(ascii: "+") && text.part(at + 1, at + 5).matches("http")
  }

  /// The text between quotes, with one for each two.
  mutating func unquoted(_ text: Bytes) -> Bytes {
    guard ColumnTexts.holds(text, "\"\"") else { return text }
    let offset = decoded.count
    var at = 0
    while at < text.count {
      _ = decoded.append(text[at])
      at += text[at] == UInt8(ascii: "\"") && at + 1 < text.count && text[at + 1] == UInt8(ascii: "\"") ? 2 : 1
    }
    return decoded.bytes.part(offset, decoded.count)
  }

  /// Whether more spaces are written as `%20` than as `+`. Apps have a `%20` in their names.
  static func hasMoreCodes(_ text: Bytes) -> Bool {
    var (codes, pluses) = (0, 0)
    for at in text.indices {
      if text[at] == UInt8(ascii: "+") { pluses += 1 }
      if text[at] == UInt8(ascii: "%"), text.part(at, at + 3).matches("%20") { codes += 1 }
    }
    return codes > pluses
  }

  static func holds(_ text: Bytes, _ part: StaticString) -> Bool {
    let wanted = part.bytes
    guard text.count >= wanted.count else { return false }
    for at in 0...(text.count - wanted.count) where text[at] == wanted[0] && text.part(at, at + wanted.count).matches(wanted) { return true }
    return false
  }
}
