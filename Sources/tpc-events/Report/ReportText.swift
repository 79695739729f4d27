// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension MessageBuilder {
  /// Adds a number with commas: 1,234,567.
  mutating func add(grouped number: Int) { add(Digits.grouped(number)) }

  /// Adds a number and the noun that follows it: `1 line`, `2 lines`.
  mutating func add(_ number: Int, _ one: StaticString, _ many: StaticString) {
    add(grouped: number)
    add(" ")
    add(number == 1 ? one : many)
  }

  /// Adds a share with one decimal: `20.3%`.
  mutating func add(share part: Int, of whole: Int) { add(ReportText.share(part, of: whole)) }
}

/// Numbers as people read them.
enum ReportText {
  /// `20.3%`; `<0.1%` for what would round to nothing, and `none` of nothing.
  static func share(_ part: Int, of whole: Int) -> [UInt8] {
    guard whole > 0 else { return [UInt8]("none") }
    let permille = Int(Double(part) / Double(whole) * 1000 + 0.5)
    if permille == 0, part > 0 { return [UInt8]("<0.1%") }
    if permille == 1000, part < whole { return [UInt8](">99.9%") }
    return Digits.grouped(permille / 10) + [UInt8](".") + Digits.decimal(permille % 10) + [UInt8]("%")
  }

  /// `1.2 GB`, with powers of 1,000.
  static func size(_ bytes: Int) -> [UInt8] {
    let units: StaticString = "kMGTPE"
    if bytes < 1000 { return Digits.decimal(bytes) + [UInt8](" B") }
    var (tenths, unit) = (bytes / 100, 0)
    while tenths >= 10_000, unit < 5 {
      tenths /= 1000
      unit += 1
    }
    let number = tenths < 100 ? Digits.decimal(tenths / 10) + [UInt8](".") + Digits.decimal(tenths % 10) : Digits.grouped(tenths / 10)
    return number + [0x20, units.bytes[unit]] + [UInt8]("B")
  }

  /// Text from elsewhere, with escapes for what a terminal or a reader's eye would be misled by.
  static func printable(_ text: Bytes) -> [UInt8] {
    var shown = MessageBuilder()
    shown.add(printable: text)
    return shown.text
  }
}
