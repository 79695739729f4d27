// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Times such as `2000-10-10T20:55:36.123+02:00`, and what logs make of them: a space for the `T`, a comma before the fraction, an offset
/// without a colon, or none at all, which is UTC then.
enum ISOTime {
  static func append(_ text: Bytes, to time: inout ByteBuffer) -> Bool {
    guard text.count >= 19, text.count <= 40, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      text[10] == 0x20 || text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":")
    else { return false }
    guard time.append(text.part(0, 10)), time.append("T"), time.append(text.part(11, 19)) else { return false }
    var at = 19
    if at < text.count, text[at] == UInt8(ascii: ".") || text[at] == UInt8(ascii: ",") {
      let start = at + 1
      at = start
      while at < text.count, text[at] &- 0x30 < 10 { at += 1 }
      guard at > start else { return false }
      // More digits than nanoseconds tell nothing.
      guard time.append("."), time.append(text.part(start, min(at, start + 9))) else { return false }
    }
    return append(offset: text.part(at, text.count), to: &time)
  }

  private static func append(offset text: Bytes, to time: inout ByteBuffer) -> Bool {
    let offset = text.first == 0x20 ? text.part(1, text.count) : text
    if offset.isEmpty || offset.matches("Z") || offset.matches("z") || offset.matches("UTC") || offset.matches("GMT") { return time.append("Z") }
    guard offset[0] == UInt8(ascii: "+") || offset[0] == UInt8(ascii: "-") else { return false }
    if offset.count == 6, offset[3] == UInt8(ascii: ":") { return time.append(offset) }
    if offset.count == 5 { return time.append(offset.part(0, 3)) && time.append(":") && time.append(offset.part(3, 5)) }
    return offset.count == 3 && time.append(offset) && time.append(":00")
  }
}
