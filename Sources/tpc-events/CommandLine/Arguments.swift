// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// What a command was given: options from the environment and then from flags, the command's own flags, and the other words.
/// All texts are views of the process's arguments, which stay.
struct Arguments {
  private(set) var options = Options()
  private(set) var flags: [(flag: Flag, value: Bytes)] = []
  private(set) var words: [Bytes] = []
  /// `send`: the visitor's address, which `--client-ip` takes besides the option's words.
  private(set) var clientAddress: Bytes?

  private typealias ArgumentList = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// `values` are the words from the command's on, as C programs get them.
  init(_ command: Command, _ count: Int32, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws(UsageError) {
    do throws(Failure) {
      try options.set(.sdkRuntime, Bytes("tpc-events"))
      try options.loadEnvironment()
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    let names = FlagNames(command)
    // Errors are told here, with what is accepted instead.
    opterr = 0
    while true {
      let found = names.next(count, values)
      if found == -1 { break }
      try take(found, command, values)
    }
    while optind < count {
      if let word = values[Int(optind)] { words.append(Bytes(text: word)) }
      optind += 1
    }
  }

  func has(_ flag: Flag) -> Bool { flags.contains { $0.flag == flag } }

  /// The last value of a flag.
  func value(_ flag: Flag) -> Bytes? { flags.last { $0.flag == flag }?.value }

  /// A flag's whole number of seconds, in milliseconds.
  func milliseconds(_ flag: Flag) throws(UsageError) -> Int? {
    guard let text = value(flag) else { return nil }
    var seconds = 0
    guard text.count > 0, text.count <= 6 else { throw UsageError(flag: flag.name.bytes, Arguments.seconds) }
    for byte in text {
      guard byte >= 0x30, byte <= 0x39 else { throw UsageError(flag: flag.name.bytes, Arguments.seconds) }
      seconds = seconds * 10 + Int(byte - 0x30)
    }
    return seconds * 1000
  }

  private static let seconds = [UInt8]("expected a whole number of seconds")

  // MARK: Flags

  private mutating func take(_ found: Int32, _ command: Command, _ values: ArgumentList) throws(UsageError) {
    if found == Int32(UInt8(ascii: "?")) { throw Arguments.unknown(command, values) }
    if found == Int32(UInt8(ascii: ":")) {
      throw UsageError(flag: FlagNames.name(of: optopt), [UInt8]("expected a value behind it"))
    }
    let value = optarg.map { Bytes(text: $0) }
    if let flag = Flag(rawValue: found - FlagNames.firstFlag) {
      flags.append((flag, value ?? Bytes(start: nil, count: 0)))
    } else if let option = Option(rawValue: Int(found - FlagNames.firstOption)) {
      try set(option, value ?? Bytes("true"), command)
    }
  }

  private mutating func set(_ option: Option, _ value: Bytes, _ command: Command) throws(UsageError) {
    if option == .clientIP, command == .send, IPAddress(value) != nil {
      clientAddress = value
      return
    }
    let row = OptionTable.row(option)
    do throws(Failure) {
      try options.set(option, value)
    } catch {
      throw row.flagName.withUnsafeBufferPointer { UsageError(flag: $0, error.message) }
    }
    // Other users of the machine can read a process's arguments: overwrite what is secret among them.
    if row.isSecret, let optarg { memset(optarg, Int32(UInt8(ascii: "*")), value.count) }
  }

  /// The argument that getopt stopped at, which is no flag, or is one that takes no value.
  private static func unknown(_ command: Command, _ values: ArgumentList) -> UsageError {
    if optopt >= FlagNames.firstOption {
      return UsageError(flag: FlagNames.name(of: optopt), [UInt8]("takes no value"))
    }
    var name = Bytes(start: nil, count: 0)
    if optind > 0, let word = values[Int(optind) - 1] { name = Bytes(text: word) }
    while name.count > 0, name[0] == UInt8(ascii: "-") { name = name.part(1, name.count) }
    if let equals = name.firstIndex(of: UInt8(ascii: "=")) { name = name.part(0, equals) }
    var message = MessageBuilder()
    message.add("is no flag of ")
    message.add(command.name)
    if let nearest = Options.nearest(to: name) {
      message.add("; did you mean --")
      message.add(OptionTable.row(nearest).flagName)
      message.add("?")
    }
    return UsageError(flag: name, message.text)
  }
}

/// The command's flags as getopt_long(3) wants them.
private final class FlagNames {
  static let firstOption: Int32 = 1000
  static let firstFlag: Int32 = 2000

  private var table: [option] = []
  /// The names end with NUL, and stay where they are.
  private var names: [UnsafeMutablePointer<CChar>] = []

  init(_ command: Command) {
    for flag in Flag.allCases where flag.belongs(to: command) {
      let takesValue = flag.value.utf8CodeUnitCount > 0
      add([UInt8](flag.name.bytes), takesValue ? required_argument : no_argument, FlagNames.firstFlag + flag.rawValue)
    }
    for option in Option.allCases {
      // A command's own flag of the same name has the precedence.
      if option == .dryRun && command != .check { continue }
      let row = OptionTable.row(option)
      add(row.flagName, row.isBoolean ? optional_argument : required_argument, FlagNames.firstOption + Int32(option.rawValue))
    }
    table.append(CPOSIX.option(name: nil, has_arg: 0, flag: nil, val: 0))
  }

  deinit { for name in names { name.deallocate() } }

  /// The next flag's number; `?`, `:` or -1 as getopt_long says them.
  func next(_ count: Int32, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    let short: StaticString = ":h"
    let found = short.utf8Start.withMemoryRebound(to: CChar.self, capacity: 3) { short in
      table.withUnsafeBufferPointer { getopt_long(count, values, short, $0.baseAddress, nil) }
    }
    return found == Int32(UInt8(ascii: "h")) ? FlagNames.firstFlag + Flag.help.rawValue : found
  }

  static func name(of number: Int32) -> Bytes {
    if let flag = Flag(rawValue: number - firstFlag) { return flag.name.bytes }
    guard let option = Option(rawValue: Int(number - firstOption)) else { return Bytes(start: nil, count: 0) }
    // Kept for the process's life: it is said once, before the end.
    let name = OptionTable.row(option).flagName
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: name.count)
    copy.initialize(from: name, count: name.count)
    return Bytes(start: copy, count: name.count)
  }

  private func add(_ name: [UInt8], _ argument: Int32, _ number: Int32) {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: name.count + 1)
    for (index, byte) in name.enumerated() { (copy + index).initialize(to: CChar(bitPattern: byte)) }
    (copy + name.count).initialize(to: 0)
    names.append(copy)
    table.append(CPOSIX.option(name: copy, has_arg: argument, flag: nil, val: number))
  }
}

extension OptionRow {
  var isBoolean: Bool {
    if case .boolean = kind { return true }
    return false
  }
}
