// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The time as Apache's `%t` and nginx's `$time_local` write it: `10/Oct/2000:13:55:36 -0700`.
enum CombinedTime {
  private static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
  /// The bytes of date and time of day.
  private static let length = 20

  /// Whether `text` begins like such a time. Does not check that the day and the hour exist.
  static func begins(_ text: Bytes) -> Bool {
    text.count >= length && matches(text, "dd/aaa/dddd:dd:dd:dd") && month(text.part(3, 6)) != nil
  }

  /// Whether `text` looks like such a time.
  static func isTime(_ text: Bytes) -> Bool {
    guard begins(text) else { return false }
    let rest = text.part(length, text.count)
    return rest.isEmpty || rest[0] == UInt8(ascii: ".") || rest[0] == 0x20
  }

  /// Appends the time in the form of RFC 3339, with the offset that it has; a time without one is UTC. `false` when `text` does not look like
  /// such a time, or memory ran out.
  static func append(_ text: Bytes, to time: inout ByteBuffer) -> Bool {
    guard begins(text), let month = month(text.part(3, 6)), time.reserve(36) else { return false }
    _ = time.append(text.part(7, 11)) && time.append("-") && time.append(0x30 + UInt8(month / 10))
      && time.append(0x30 + UInt8(month % 10)) && time.append("-") && time.append(text.part(0, 2)) && time.append("T")
      && time.append(text.part(12, 20))
    var at = length
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      while at < text.count, text[at] &- 0x30 < 10 { at += 1 }
      guard at > length + 1, at <= length + 10 else { return false }
      _ = time.append(text.part(length, at))
    }
    let offset = text.part(at, text.count)
    if offset.isEmpty || offset.matches(" +0000") || offset.matches(" -0000") || offset.matches(" GMT") || offset.matches(" UTC") {
      return time.append("Z")
    }
    guard offset.count == 6, matches(offset, " sdddd") else { return false }
    return time.append(offset.part(1, 4)) && time.append(":") && time.append(offset.part(4, 6))
  }

  /// Whether each byte is of the pattern's kind: `d` is a digit, `a` a letter, `s` a sign, anything else itself.
  private static func matches(_ text: Bytes, _ pattern: StaticString) -> Bool {
    for (byte, wanted) in zip(text, pattern.bytes) {
      let isMatch =
        switch wanted {
        case UInt8(ascii: "d"): byte &- 0x30 < 10
        case UInt8(ascii: "a"): (byte | 0x20) &- 0x61 < 26
        case UInt8(ascii: "s"): byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        default: byte == wanted
        }
      if !isMatch { return false }
    }
    return true
  }

  private static func month(_ name: Bytes) -> Int? {
    for month in 0..<12 {
      let wanted = months.bytes.part(3 * month, 3 * month + 3)
      if zip(name, wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) { return month + 1 }
    }
    return nil
  }
}
