// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The value of `--property KEY=VALUE`: a number, true, false or null, written as in JSON, or else a text.
struct PropertyArgument {
  private let key: Bytes
  private let value: Bytes

  init(_ text: Bytes) throws(UsageError) {
    guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
      throw UsageError("--property: found no '=' after a key; expected KEY=VALUE")
    }
    key = text.part(0, equals)
    value = text.part(equals + 1, text.count)
  }

  func set(in visit: Visit) throws(Failure) {
    if value.matches("true") { return try visit.event.pointee.setProperty(key, true) }
    if value.matches("false") { return try visit.event.pointee.setProperty(key, false) }
    if value.matches("null") { return try visit.event.pointee.setNullProperty(key) }
    switch PropertyArgument.number(value) {
    case .none: try visit.event.pointee.setProperty(key, value)
    case .integer(let number): try visit.event.pointee.setProperty(key, number)
    case .fraction(let number): try visit.event.pointee.setProperty(key, number)
    }
  }

  private enum Number {
    case none
    case integer(Int64)
    case fraction(Double)
  }

  /// Reads a number as in RFC 8259, section 6: `[ minus ] int [ frac ] [ exp ]`.
  private static func number(_ text: Bytes) -> Number {
    var at = text.first == UInt8(ascii: "-") ? 1 : 0
    let intStart = at
    at = digitsEnd(text, at)
    guard at > intStart, at == intStart + 1 || text[intStart] != UInt8(ascii: "0") else { return .none }
    let isWhole = at == text.count
    if at < text.count, text[at] == UInt8(ascii: ".") {
      let start = at + 1
      at = digitsEnd(text, start)
      guard at > start else { return .none }
    }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      var start = at + 1
      if start < text.count, text[start] == UInt8(ascii: "+") || text[start] == UInt8(ascii: "-") { start += 1 }
      at = digitsEnd(text, start)
      guard at > start else { return .none }
    }
    guard at == text.count else { return .none }
    if isWhole, let integer = integer(text) { return .integer(integer) }
    let terminated = text + [0]
    return .fraction(terminated.withUnsafeBufferPointer { $0.withMemoryRebound(to: CChar.self) { strtod($0.baseAddress!, nil) } })
  }

  private static func digitsEnd(_ text: Bytes, _ start: Int) -> Int {
    var at = start
    while at < text.count, text[at] &- 0x30 < 10 { at += 1 }
    return at
  }

  /// Nil for a number that 64 bits cannot hold.
  private static func integer(_ text: Bytes) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    var number: Int64 = 0
    for byte in text where byte != UInt8(ascii: "-") {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte - 0x30)
      let (next, overflowed) = tens.addingReportingOverflow(isNegative ? -digit : digit)
      if overflow || overflowed { return nil }
      number = next
    }
    return number
  }
}
