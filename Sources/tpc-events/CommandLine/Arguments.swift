// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// What a command was given: options from the environment and then from flags, the command's own flags, and the operands.
/// All texts are views of the process's arguments, which last as long as the process.
struct Arguments {
  private(set) var options = Options()
  private(set) var flags: [(flag: Flag, value: Bytes)] = []
  private(set) var operands: [Bytes] = []
  /// The visitor's address, for `send`: its `--client-ip` takes an address or a value of the option.
  private(set) var clientAddress: Bytes?

  typealias ArgumentList = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// `values` are the process's arguments from the command's name on.
  init(of command: Command, count: Int32, values: ArgumentList) throws(UsageError) {
    do throws(Failure) {
      try options.set(.sdkRuntime, Bytes("tpc-events"))
      try options.loadEnvironment()
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    let table = GetoptTable(command)
    // Errors are reported here, with what is accepted instead.
    opterr = 0
    while true {
      let found = table.next(count: count, values: values)
      if found == -1 { break }
      try take(found, command, values)
    }
    while optind < count {
      if let word = values[Int(optind)] { operands.append(Bytes(cString: word)) }
      optind += 1
    }
  }

  func has(_ flag: Flag) -> Bool { flags.contains { $0.flag == flag } }

  /// The value of a flag; the last one when it was given more than once.
  func value(_ flag: Flag) -> Bytes? { flags.last { $0.flag == flag }?.value }

  /// The value of a flag that takes a whole number of seconds, in milliseconds.
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
      throw UsageError(flag: GetoptTable.name(of: optopt), [UInt8]("expected a value after it"))
    }
    let value = optarg.map { Bytes(cString: $0) }
    if let flag = Flag(rawValue: found - GetoptTable.firstFlag) {
      flags.append((flag, value ?? Bytes(start: nil, count: 0)))
    } else if let option = Option(rawValue: Int(found - GetoptTable.firstOption)) {
      try set(option, value ?? Bytes("true"), command)
    }
  }

  private mutating func set(_ option: Option, _ value: Bytes, _ command: Command) throws(UsageError) {
    if option == .clientIP, command == .send, IPAddress(value) != nil {
      clientAddress = value
      return
    }
    let row = OptionTable.row(option)
    if let reason = option.uselessness(in: command) { throw UsageError(flag: GetoptTable.name(of: GetoptTable.firstOption + Int32(option.rawValue)), [UInt8](reason)) }
    do throws(Failure) {
      try options.set(option, value)
    } catch {
      throw row.flagName.withUnsafeBufferPointer { UsageError(flag: $0, error.message) }
    }
    // Other users of the machine can read a process's arguments: overwrite the secret ones.
    if row.isSecret, let optarg { memset(optarg, Int32(UInt8(ascii: "*")), value.count) }
  }

  /// The error for the argument at which getopt stopped: it is not a flag, or has a value though it takes none.
  private static func unknown(_ command: Command, _ values: ArgumentList) -> UsageError {
    if optopt >= GetoptTable.firstOption {
      return UsageError(flag: GetoptTable.name(of: optopt), [UInt8]("takes no value"))
    }
    var name = Bytes(start: nil, count: 0)
    if optind > 0, let word = values[Int(optind) - 1] { name = Bytes(cString: word) }
    while name.count > 0, name[0] == UInt8(ascii: "-") { name = name.part(1, name.count) }
    if let equals = name.firstIndex(of: UInt8(ascii: "=")) { name = name.part(0, equals) }
    var message = MessageBuilder()
    message.add("is not a flag of ")
    message.add(command.name)
    let option = Options.nearest(to: name).map { OptionTable.row($0).flagName }
    if let nearest = nearest(to: [UInt8](name), command, besides: option) {
      message.add("; did you mean --")
      message.add(nearest)
      message.add("?")
    }
    return UsageError(flag: name, message.text)
  }

  /// The command's flag whose name takes the fewest edits, if they are few; the option's if that takes fewer.
  private static func nearest(to name: [UInt8], _ command: Command, besides option: [UInt8]?) -> [UInt8]? {
    guard name.count <= 64 else { return option }
    var (best, fewest) = (option, option.map { Options.editDistance(name, $0) } ?? 3)
    for flag in Flag.allCases where flag.belongs(to: command) {
      let edits = Options.editDistance(name, [UInt8](flag.name.bytes))
      if edits < fewest { (best, fewest) = ([UInt8](flag.name.bytes), edits) }
    }
    return best
  }
}
