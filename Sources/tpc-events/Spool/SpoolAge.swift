// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// How old events are: a number and its unit, such as 90s, 5m, 12h or 7d.
enum SpoolAge {
  private static let units: [(letter: UInt8, milliseconds: Int64)] = [
    (UInt8(ascii: "d"), 86_400_000), (UInt8(ascii: "h"), 3_600_000), (UInt8(ascii: "m"), 60_000), (UInt8(ascii: "s"), 1_000),
  ]

  /// In milliseconds; nil for a text that is not an age.
  static func read(_ text: Bytes) -> Int64? {
    guard text.count >= 2, text.count <= 7, let unit = units.first(where: { $0.letter == text[text.count - 1] }) else { return nil }
    var number: Int64 = 0
    for byte in text.part(0, text.count - 1) {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      number = number * 10 + Int64(byte - 0x30)
    }
    return number * unit.milliseconds
  }

  /// In the largest unit of which it has one.
  static func text(_ milliseconds: Int64) -> [UInt8] {
    let unit = units.first { milliseconds >= $0.milliseconds } ?? units[units.count - 1]
    return Digits.decimal(Int(milliseconds / unit.milliseconds)) + [unit.letter]
  }
}
