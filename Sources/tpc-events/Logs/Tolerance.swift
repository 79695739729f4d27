// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// How many unreadable lines a log may have: `--max-unreadable`. A log of some size nearly always has a line that was cut.
struct Tolerance {
  private let most: Int
  /// In millionths of all lines, where it is a part of them.
  private let isPart: Bool

  private static let millionths = 1_000_000

  /// Reads a number of lines such as 20, or a part of all such as 1% or 0.05%. The default is 1%.
  init(_ text: Bytes?) throws(UsageError) {
    guard let text else {
      (most, isPart) = (Tolerance.millionths / 100, true)
      return
    }
    isPart = text.last == UInt8(ascii: "%")
    guard let number = Tolerance.read(isPart ? text.part(0, text.count - 1) : text, decimals: isPart ? 4 : 0),
      !isPart || number <= Tolerance.millionths
    else { throw UsageError("--max-unreadable: expected a number of lines such as 20, or a part of all such as 1% or 0.05%") }
    most = number
  }

  private static func read(_ text: Bytes, decimals: Int) -> Int? {
    let point = text.firstIndex(of: UInt8(ascii: ".")) ?? text.count
    let fraction = text.part(point + 1, text.count)
    guard point == text.count || fraction.count > 0 && fraction.count <= decimals else { return nil }
    guard point <= 12, var number = EntryBuilder.number(text.part(0, point)) else { return nil }
    for at in 0..<decimals {
      let digit = at < fraction.count ? fraction[at] &- 0x30 : 0
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    return number
  }

  func isExceeded(_ unreadable: Int, of lines: Int) -> Bool {
    isPart ? unreadable.multipliedFullWidth(by: Tolerance.millionths) > most.multipliedFullWidth(by: lines) : unreadable > most
  }
}
