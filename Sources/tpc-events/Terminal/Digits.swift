// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Whole numbers as text.
enum Digits {
  static func decimal(_ number: Int) -> [UInt8] {
    var text = MessageBuilder()
    text.add(number)
    return text.text
  }

  /// With commas between groups of three digits: 1,234,567.
  static func grouped(_ number: Int) -> [UInt8] {
    let digits = decimal(number)
    var text: [UInt8] = []
    for (index, digit) in digits.enumerated() {
      let left = digits.count - index
      if index > 0 && left % 3 == 0 && text.last != UInt8(ascii: "-") { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return text
  }
}
