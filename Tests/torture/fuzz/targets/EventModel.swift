// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPC
@testable import TPCCore

/// What an event should hold, to be found in its JSON. A JSON string never holds a raw quote, so that a whole member with its
/// quotes is found only where it is one.
struct EventModel {
  enum Value {
    case text([UInt8])
    case number(Double)
    case integer(Int64)
    case boolean(Bool)
    case null

    var json: [UInt8] {
      switch self {
      case .text(let text): [0x22] + EventModel.escaped(text) + [0x22]
      case .number(let number): EventModel.shortest(number)
      case .integer(let number): Array(String(number).utf8)
      case .boolean(let truth): Array(truth ? "true".utf8 : "false".utf8)
      case .null: Array("null".utf8)
      }
    }
  }

  var fields = [Value?](repeating: nil, count: Field.count)
  private var properties: [[UInt8]: Value] = [:]

  mutating func set(_ key: FuzzText, _ value: Value, _ verdict: Verdict) {
    demand(verdict.isOne(of: .ok, .invalidEvent, .tooLarge), "a property is set, or refused for what it is")
    if verdict.isOK { properties[Array(key.bytes)] = value }
  }

  func check(_ text: FuzzText) {
    for field in Field.allCases {
      if let value = fields[field.rawValue] { demandMember(Array(field.name), value, text) }
    }
    for (key, value) in properties { demandMember(EventModel.escaped(key), value, text) }
  }

  private func demandMember(_ key: [UInt8], _ value: Value, _ text: FuzzText) {
    let member = [0x22] + key + [0x22, 0x3A] + value.json
    demand(member.withUnsafeBufferPointer { holds(text.bytes, $0) }, "what was set is in the event")
    if case .number(let number) = value {
      demand(strtod(String(decoding: value.json, as: UTF8.self), nil) == number, "a number's text reads back as the number")
    }
  }

  private static func shortest(_ number: Double) -> [UInt8] {
    let text = number.description
    return Array((text.hasSuffix(".0") ? text.dropLast(2) : Substring(text)).utf8)
  }

  /// RFC 8259, section 7, in the short forms.
  private static func escaped(_ text: [UInt8]) -> [UInt8] {
    text.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x08: Array("\\b".utf8)
      case 0x09: Array("\\t".utf8)
      case 0x0A: Array("\\n".utf8)
      case 0x0C: Array("\\f".utf8)
      case 0x0D: Array("\\r".utf8)
      case 0x22, 0x5C: [0x5C, byte]
      case 0..<0x20: Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
      default: [byte]
      }
    }
  }
}
