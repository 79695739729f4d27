// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Texts as a shell takes them.
enum ShellWord {
  /// The text as one word, in quotes where it needs them. Nil for one that cannot be shown on a terminal as it is.
  static func quoted(_ text: Bytes) -> [UInt8]? {
    var pieces = 0
    Printable.forEachPiece(of: text) { _ in pieces += 1 }
    guard pieces == 1 else { return nil }
    if !text.isEmpty, text[0] != UInt8(ascii: "-"), text.allSatisfy(isPlain) { return [UInt8](text) }
    // A leading dash would be a flag.
    var word = [UInt8](text.first == UInt8(ascii: "-") ? "'./" : "'")
    for byte in text {
      if byte == UInt8(ascii: "'") { word += [UInt8]("'\\'") }
      word.append(byte)
    }
    return word + [UInt8(ascii: "'")]
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): true
    default: false
    }
  }
}
