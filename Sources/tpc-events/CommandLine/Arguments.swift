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
  /// The options that were given as flags.
  private(set) var givenOptions: [Option] = []

  /// `values` are the process's arguments from the command's name on.
  init(of command: Command, count: Int32, values: ArgumentReader.ArgumentList) throws(UsageError) {
    do throws(Failure) {
      try options.set(.sdkRuntime, Bytes("tpc-events"))
      try options.loadEnvironment()
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    var reader = ArgumentReader(command, count: count, values: values)
    while let argument = try reader.next() {
      switch argument {
      case .flag(let flag, let value): flags.append((flag, value))
      case .option(let option, let value): try take(option, value, command)
      case .operand(let word): operands.append(word)
      }
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

  private mutating func take(_ option: Option, _ value: UnsafeMutablePointer<CChar>?, _ command: Command) throws(UsageError) {
    let text = value.map { Bytes(cString: $0) } ?? Bytes("true")
    if option == .clientIP, command == .send, IPAddress(text) != nil {
      clientAddress = text
      return
    }
    let row = OptionTable.row(option)
    if let reason = option.uselessness(in: command) { throw UsageError(flag: row.flagName, reason) }
    do throws(Failure) {
      try options.set(option, text)
    } catch {
      throw UsageError(flag: row.flagName, error.message)
    }
    givenOptions.append(option)
    // Other users of the machine can read a process's arguments: overwrite the secret ones.
    if row.isSecret, let value { memset(value, Int32(UInt8(ascii: "*")), text.count) }
  }

  /// For a file of events: takes the flags of a single event whose value is one of the option of the same name as the option, such
  /// as `--event-id request`.
  mutating func takeOptionsOfFiles() throws(UsageError) {
    for (flag, value) in flags {
      guard let option = flag.optionOfFiles, (try? options.set(option, value)) != nil else { continue }
      givenOptions.append(option)
      flags.removeAll { $0.flag == flag }
    }
  }
}

extension Flag {
  /// The option that has this name where no single event is described.
  fileprivate var optionOfFiles: Option? {
    switch self {
    case .eventID: .eventID
    case .anonymousID: .anonymousID
    default: nil
    }
  }
}
