// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The start of the process. Embedded Swift has no `CommandLine`, so this is the C entry point, written out; SwiftPM links an
/// executable with `main` as another name for `<module>_main`.
@_cdecl("tpc_events_main")
func entryPoint(_ count: Int32, _ values: ArgumentReader.ArgumentList) -> Int32 {
  StandardDescriptors.fill()
  var code: ExitCode
  do throws(UsageError) {
    code = try Program.run(count: count, values: values)
  } catch {
    Output.error.put("tpc-events: ")
    Output.error.put(printable: error.message)
    if error.isAboutArguments { Program.putReference(count, values) }
    Output.error.put("\n")
    code = .usage
  }
  Output.standard.flush()
  if Output.standard.isBroken {
    let failure = UsageError.cannot("write", Bytes("standard output"), error: Output.standard.failure)
    Output.error.put("tpc-events: ")
    Output.error.put(failure.message)
    Output.error.put("\n")
    if code == .success || code == .refused { code = .usage }
  }
  Output.error.flush()
  return code.rawValue
}

private enum Program {
  static func run(count: Int32, values: ArgumentReader.ArgumentList) throws(UsageError) -> ExitCode {
    guard count > 1, let word = values[1] else {
      Help(.error).general()
      return .usage
    }
    let name = Bytes(cString: word)
    if name.matches("--help") || name.matches("-h") || name.matches("help") { return try help(count: count - 1, values: values + 1) }
    if name.matches("--version") { return version() }
    guard let command = Command.named(name) else { throw Suggestion.unknownCommand(name) }
    return try run(command, Arguments(of: command, count: count - 1, values: values + 1))
  }

  /// `help`, `help COMMAND` and `help options`; `values` begins with the word itself.
  private static func help(count: Int32, values: ArgumentReader.ArgumentList) throws(UsageError) -> ExitCode {
    let help = Help(.standard)
    guard count > 1, let word = values[1] else {
      help.general()
      return .success
    }
    let name = Bytes(cString: word)
    if name.matches("options") {
      help.options()
    } else if let command = Command.named(name) {
      help.command(command)
    } else {
      throw Suggestion.unknownCommand(name)
    }
    return .success
  }

  /// Names the help that lists what is accepted.
  static func putReference(_ count: Int32, _ values: ArgumentReader.ArgumentList) {
    Output.error.put("; see tpc-events ")
    if count > 1, let word = values[1], let command = Command.named(Bytes(cString: word)) {
      Output.error.put(command.name)
      Output.error.put(" ")
    }
    Output.error.put("--help")
  }

  private static func run(_ command: Command, _ arguments: Arguments) throws(UsageError) -> ExitCode {
    if arguments.has(.help) {
      Help(.standard).command(command)
      return .success
    }
    if arguments.has(.version) { return version() }
    switch command {
    case .check: return try CheckCommand(arguments).run()
    case .send: return try SendCommand(arguments).run()
    case .replay: return try ReplayCommand(arguments).run()
    case .report: return try ReportCommand(arguments).run()
    case .agents: return try AgentsCommand(arguments).run()
    case .spool: return try SpoolCommand(arguments).run()
    case .completion: return try CompletionCommand(arguments).run()
    }
  }

  private static func version() -> ExitCode {
    Output.standard.put("tpc-events ")
    Output.standard.put(Version.text)
    Output.standard.put("\n")
    return .success
  }
}
