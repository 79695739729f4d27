// SPDX-License-Identifier: Apache-2.0

/// Builds a short message. Only for text of bounded length: it allocates as Swift arrays do, which trap when memory
/// runs out.
package struct MessageBuilder {
  package private(set) var text: [UInt8] = []

  package init() {}

  package mutating func add(_ part: StaticString) { text.append(contentsOf: part.bytes) }

  package mutating func add(_ part: Bytes) { text.append(contentsOf: part) }

  package mutating func add(_ part: [UInt8]) { text.append(contentsOf: part) }

  package mutating func add(_ number: Int) {
    var digits = ByteBuffer()
    if digits.append(decimal: number) { text.append(contentsOf: digits.bytes) }
  }

  /// Adds a byte in readable form: 'x' if it is printable, else "byte 0xC3".
  package mutating func add(byte: UInt8) {
    if byte > 0x20 && byte < 0x7F {
      text.append(contentsOf: [0x27, byte, 0x27])
    } else if byte == 0x20 {
      add("a space")
    } else {
      add("byte 0x")
      for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? digit &+ 0x30 : digit &+ 0x37) }
    }
  }
}
