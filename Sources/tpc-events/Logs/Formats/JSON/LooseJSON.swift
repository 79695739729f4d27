// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// JSON of servers that put texts into a template of JSON and escape them as in any other log: `\xHH`, or nothing at all.
enum LooseJSON {
  /// Appends the text as JSON has it, except that it may not be UTF-8: with `\u00HH` for what JSON does not allow in a string. `false` when
  /// memory ran out.
  static func append(_ text: Bytes, to json: inout ByteBuffer) -> Bool {
    var isInString = false
    var at = 0
    while at < text.count {
      let byte = text[at]
      if !isInString || byte != UInt8(ascii: "\\") {
        if byte == UInt8(ascii: "\"") { isInString.toggle() }
        let isControl = isInString && byte < 0x20
        guard isControl ? append(control: byte, to: &json) : json.append(byte) else { return false }
        at += 1
        continue
      }
      guard let length = append(escape: text.part(at, at + 4), to: &json) else { return false }
      at += length
    }
    return true
  }

  /// Appends what a backslash begins. Returns how many bytes that was; nil when memory ran out.
  private static func append(escape text: Bytes, to json: inout ByteBuffer) -> Int? {
    guard text.count > 1 else { return json.append("\\\\") ? 1 : nil }
    switch text[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "u"):
      return json.append(text.part(0, 2)) ? 2 : nil
    case UInt8(ascii: "v"): return append(control: 0x0B, to: &json) ? 2 : nil
    case UInt8(ascii: "x"):
      guard text.count == 4, let high = CombinedEscapes.digit(text[2]), let low = CombinedEscapes.digit(text[3]) else { break }
      let byte = high << 4 | low
      return (byte < 0x80 ? append(control: byte, to: &json) : json.append(byte)) ? 4 : nil
    default: break
    }
    return json.append("\\\\") ? 1 : nil
  }

  private static func append(control byte: UInt8, to json: inout ByteBuffer) -> Bool {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x57 }
    return json.append("\\u00") && json.append(digit(byte >> 4)) && json.append(digit(byte & 15))
  }
}
