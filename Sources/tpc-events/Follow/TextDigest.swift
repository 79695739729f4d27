// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What a stretch of text is recognized by: its length, and 128 bits of its SHA-256.
struct TextDigest: Equatable {
  var length = 0
  var high: UInt64 = 0
  var low: UInt64 = 0

  /// Of nothing, which every text begins and ends with.
  init() {}

  init(length: Int, high: UInt64, low: UInt64) { (self.length, self.high, self.low) = (length, high, low) }

  init(of text: Bytes) {
    TextDigest.digest.begin()
    TextDigest.digest.add(text)
    (high, low) = TextDigest.digest.finish()
    length = text.count
  }

  // The tool has one thread.
  nonisolated(unsafe) private static let digest = LineDigest()

  /// The digest in hexadecimal, without the length.
  func append(to text: inout MessageBuilder) {
    for word in [high, low] {
      for shift in stride(from: 60, through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
        text.add([digit < 10 ? digit + 0x30 : digit + 0x57])
      }
    }
  }

  var hexadecimal: [UInt8] {
    var text = MessageBuilder()
    append(to: &text)
    return text.text
  }
}
