// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Takes secrets out of URLs: the values of named parameters, in the query or the fragment (where OAuth 2.0's implicit grant
/// puts its token), become `REDACTED`. Names are compared without regard to case and with percent-encoding resolved, since a
/// server would read them so.
struct Redaction {
  /// In lower case; none is longer than `longestName`.
  private let names: [[UInt8]]
  private let longest: Int
  /// The lengths that occur among the names, as a set of bits; all of them when one is too long for that.
  private let lengths: UInt64

  static let longestName = 64

  /// From a list separated by commas. Fails with `invalidOption` for a name that is too long.
  init(_ list: [UInt8]) throws(Failure) {
    names = OptionValue.list(list).map { name in name.map { $0.lowercased } }
    for name in names where name.count > Redaction.longestName {
      throw Failure(.invalidOption, field: "redact_query", "found a longer name; expected names of at most 64 bytes")
    }
    longest = names.reduce(0) { max($0, $1.count) }
    lengths = names.reduce(0) { $1.count < 64 ? $0 | 1 << UInt64($1.count) : UInt64.max }
  }

  /// Whether `apply` may change the text (as JSON between its quotes): it has parameters, and one that is named or escaped.
  @inline(__always)
  func concerns(_ text: Bytes) -> Bool {
    // Most URLs have neither a query nor a fragment, nor an escape that may hide one.
    guard let start = text.baseAddress else { return false }
    let first = memchr(start, 0x3F, text.count) ?? memchr(start, 0x23, text.count)
    if text.holds(UInt8(ascii: "\\")) { return true }
    guard let first else { return false }
    return hasNamed(text, from: UnsafeRawPointer(first) - UnsafeRawPointer(start))
  }

  private func hasNamed(_ text: Bytes, from start: Int) -> Bool {
    guard let base = text.baseAddress else { return false }
    // A fragment may stand before the first question mark.
    var position = text.part(0, start).firstIndex(of: 0x23) ?? start
    while position < text.count {
      let name = position + 1
      position = name
      while position < text.count, !Redaction.endsName(base[position]) { position &+= 1 }
      guard position < text.count else { return false }
      if base[position] == 0x3D, matches(text.part(name, position)) { return true }
      while position < text.count, !Redaction.separates(base[position]) { position &+= 1 }
    }
    return false
  }

  /// Appends `text` with the values replaced. `false` when memory ran out.
  func apply(to text: Bytes, into output: inout ByteBuffer) -> Bool {
    var position = 0
    while position < text.count, text[position] != 0x3F, text[position] != 0x23 { position += 1 }
    guard output.append(text.part(0, position)) else { return false }
    while position < text.count {
      // At a separator: '?', '#', '&' or ';'. A name goes up to '=', a value up to the next '&' or '#'; not to a ';', which
      // may well stand in a secret.
      let start = position
      position += 1
      let name = position
      while position < text.count, !Redaction.endsName(text[position]) { position += 1 }
      let isSecret = position < text.count && text[position] == 0x3D && matches(text.part(name, position))
      if isSecret {
        guard output.append(text.part(start, position + 1)), output.append("REDACTED") else { return false }
        while position < text.count, text[position] != 0x26, text[position] != 0x23 { position += 1 }
      } else {
        while position < text.count, !Redaction.separates(text[position]) { position += 1 }
        guard output.append(text.part(start, position)) else { return false }
      }
    }
    return true
  }

  @inline(__always)
  private static func separates(_ byte: UInt8) -> Bool { byte == 0x26 || byte == 0x23 || byte == 0x3B || byte == 0x3F }

  @inline(__always)
  private static func endsName(_ byte: UInt8) -> Bool { byte == 0x3D || separates(byte) }

  private func matches(_ name: Bytes) -> Bool {
    guard name.count > 0, name.count <= longest * 3 else { return false }
    if name.count < 64, lengths & 1 << UInt64(name.count) == 0, !name.holds(0x25) { return false }
    var decoded = InlineArray<64, UInt8>(repeating: 0)
    var length = 0
    var position = 0
    while position < name.count {
      guard length < 64 else { return false }
      var byte = name[position]
      if byte == 0x25, position + 2 < name.count, let high = hexadecimalValue(name[position + 1]),
        let low = hexadecimalValue(name[position + 2])
      {
        byte = high << 4 | low
        position += 2
      }
      decoded[length] = byte.lowercased
      length += 1
      position += 1
    }
    for wanted in names where wanted.count == length {
      var same = true
      for index in 0..<length where decoded[index] != wanted[index] {
        same = false
        break
      }
      if same { return true }
    }
    return false
  }
}
