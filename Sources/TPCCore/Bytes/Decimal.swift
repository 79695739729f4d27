// SPDX-License-Identifier: Apache-2.0

/// Reads whole numbers in decimal.
enum Decimal {
  /// The value of 1 to 18 digits, which always fit; nil for any other text, such as one with a sign.
  static func value(_ text: Bytes) -> Int64? {
    guard text.count > 0, text.count <= 18 else { return nil }
    var number: Int64 = 0
    for byte in text {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      number = number * 10 + Int64(byte - 0x30)
    }
    return number
  }
}
