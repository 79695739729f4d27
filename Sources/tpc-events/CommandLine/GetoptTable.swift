// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A command's flags and options in the form of getopt_long(3).
final class GetoptTable {
  static let firstOption: Int32 = 1000
  static let firstFlag: Int32 = 2000

  private var table: [option] = []
  /// The names that the table points to, each with a NUL at its end.
  private var names: [UnsafeMutablePointer<CChar>] = []

  init(_ command: Command) {
    for flag in Flag.allCases where flag.belongs(to: command) {
      let takesValue = flag.value.utf8CodeUnitCount > 0
      add([UInt8](flag.name.bytes), argument: takesValue ? required_argument : no_argument, number: GetoptTable.firstFlag + flag.rawValue)
    }
    for option in Option.allCases {
      if option.isReplaced(in: command) { continue }
      let row = OptionTable.row(option)
      let argument = row.isBoolean ? optional_argument : required_argument
      add(row.flagName, argument: argument, number: GetoptTable.firstOption + Int32(option.rawValue))
    }
    table.append(CTPCPOSIX.option(name: nil, has_arg: 0, flag: nil, val: 0))
  }

  deinit { for name in names { name.deallocate() } }

  /// The number of the next flag; `?` for an unknown one, `:` for one without its value, -1 after the last, as in getopt_long.
  func next(count: Int32, values: Arguments.ArgumentList) -> Int32 {
    let short: StaticString = ":h"
    let found = short.utf8Start.withMemoryRebound(to: CChar.self, capacity: 3) { short in
      table.withUnsafeBufferPointer { getopt_long(count, values, short, $0.baseAddress, nil) }
    }
    return found == Int32(UInt8(ascii: "h")) ? GetoptTable.firstFlag + Flag.help.rawValue : found
  }

  /// The name of the flag or option that has this number.
  static func name(of number: Int32) -> Bytes {
    if let flag = Flag(rawValue: number - firstFlag) { return flag.name.bytes }
    guard let option = Option(rawValue: Int(number - firstOption)) else { return Bytes(start: nil, count: 0) }
    // Leaked on purpose: used once, in the final error message.
    let name = OptionTable.row(option).flagName
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: name.count)
    copy.initialize(from: name, count: name.count)
    return Bytes(start: copy, count: name.count)
  }

  private func add(_ name: [UInt8], argument: Int32, number: Int32) {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: name.count + 1)
    for (index, byte) in name.enumerated() { (copy + index).initialize(to: CChar(bitPattern: byte)) }
    (copy + name.count).initialize(to: 0)
    names.append(copy)
    table.append(CTPCPOSIX.option(name: copy, has_arg: argument, flag: nil, val: number))
  }
}

extension OptionRow {
  var isBoolean: Bool {
    if case .boolean = kind { return true }
    return false
  }
}
