// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Reads a command's arguments one after the other, as getopt_long(3) does, but for abbreviations: a flag has its whole name, since
/// every new flag would make some of them ambiguous.
struct ArgumentReader {
  typealias ArgumentList = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  enum Argument {
    case flag(Flag, Bytes)
    /// The value is nil for a boolean option that is given without one. Whoever takes a secret overwrites it.
    case option(Option, UnsafeMutablePointer<CChar>?)
    case operand(Bytes)
  }

  private let command: Command
  private let count: Int32
  private let values: ArgumentList
  /// The index of the next argument; 0 is the command's name.
  private var at: Int32 = 1
  private var isAfterFlags = false

  init(_ command: Command, count: Int32, values: ArgumentList) {
    (self.command, self.count, self.values) = (command, count, values)
  }

  /// The next argument; nil after the last one.
  mutating func next() throws(UsageError) -> Argument? {
    guard let start = nextWord() else { return nil }
    let word = Bytes(cString: start)
    if isAfterFlags || word.count < 2 || word[0] != UInt8(ascii: "-") { return .operand(word) }
    if word.matches("-h") { return .flag(.help, Bytes("")) }
    guard word[1] == UInt8(ascii: "-") else { throw Suggestion.unknownShortFlag(word, of: command) }
    if word.count == 2 {
      isAfterFlags = true
      return try next()
    }
    let equals = word.firstIndex(of: UInt8(ascii: "="))
    let name = word.part(2, equals ?? word.count)
    let attached = equals.map { start + $0 + 1 }
    if let flag = Flag.named(name, of: command) { return .flag(flag, try value(of: flag, attached)) }
    guard let option = Option.named(name, of: command) else { throw Suggestion.unknownFlag(name, of: command) }
    if attached != nil || OptionTable.row(option).isBoolean { return .option(option, attached) }
    return .option(option, try separateValue(of: name))
  }

  private mutating func nextWord() -> UnsafeMutablePointer<CChar>? {
    guard at < count, let word = values[Int(at)] else { return nil }
    at += 1
    return word
  }

  private mutating func value(of flag: Flag, _ attached: UnsafeMutablePointer<CChar>?) throws(UsageError) -> Bytes {
    if flag.value.utf8CodeUnitCount > 0 {
      if let attached { return Bytes(cString: attached) }
      return Bytes(cString: try separateValue(of: flag.name.bytes))
    }
    if attached != nil { throw UsageError(flag: flag.name.bytes, [UInt8]("takes no value")) }
    return Bytes("")
  }

  private mutating func separateValue(of name: Bytes) throws(UsageError) -> UnsafeMutablePointer<CChar> {
    guard let value = nextWord() else { throw UsageError(flag: name, [UInt8]("expected a value after it")) }
    return value
  }
}

extension Flag {
  static func named(_ name: Bytes, of command: Command) -> Flag? {
    allCases.first { $0.belongs(to: command) && name.matches($0.name) }
  }
}

extension Option {
  /// The option of a flag's name, unless the command has a flag of its own of that name.
  static func named(_ name: Bytes, of command: Command) -> Option? {
    allCases.first { option in
      !option.isReplaced(in: command) && OptionTable.row(option).flagName.withUnsafeBufferPointer { name.matches($0) }
    }
  }
}

extension OptionRow {
  var isBoolean: Bool {
    if case .boolean = kind { return true }
    return false
  }
}
