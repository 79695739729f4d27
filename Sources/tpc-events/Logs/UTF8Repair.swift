// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Makes valid UTF-8 of any bytes.
enum UTF8Repair {
  /// Appends the bytes with U+FFFD for each one that is not part of a valid character. `false` when memory ran out.
  static func append(_ bytes: Bytes, to text: inout ByteBuffer) -> Bool {
    var rest = bytes
    while let flaw = UTF8Text.check(rest) {
      guard text.append(rest.part(0, flaw.offset)), text.append("\u{FFFD}") else { return false }
      rest = rest.part(flaw.offset + 1, rest.count)
    }
    return text.append(rest)
  }
}
