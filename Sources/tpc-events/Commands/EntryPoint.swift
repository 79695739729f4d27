// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The start of the process. Embedded Swift has no `CommandLine`, so this is the C entry point, written out; SwiftPM links an
/// executable with `main` as another name for `<module>_main`.
@_cdecl("tpc_events_main")
func entryPoint(_ count: Int32, _ values: Arguments.ArgumentList) -> Int32 {
  let code: ExitCode
  do throws(UsageError) {
    code = try Program.run(count: count, values: values)
  } catch {
    Output.error.put("tpc-events: ")
    Output.error.put(printable: error.message)
    Output.error.put(error.isAboutArguments ? "; see tpc-events --help\n" : "\n")
    code = .usage
  }
  Output.standard.flush()
  Output.error.flush()
  return Output.standard.isBroken && code == .success ? ExitCode.usage.rawValue : code.rawValue
}

private enum Program {
  static func run(count: Int32, values: Arguments.ArgumentList) throws(UsageError) -> ExitCode {
    guard count > 1, let word = values[1] else {
      Help(.error).general()
      return .usage
    }
    let name = Bytes(cString: word)
    if name.matches("--help") || name.matches("-h") || name.matches("help") {
      Help(.standard).general()
      return .success
    }
    if name.matches("--version") { return version() }
    for command in Command.allCases where name.matches(command.name) {
      return try run(command, Arguments(of: command, count: count - 1, values: values + 1))
    }
    throw UsageError([UInt8](name) + [UInt8](": is not a command; expected send, check, replay, report, agents or spool"))
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
    }
  }

  private static func version() -> ExitCode {
    Output.standard.put("tpc-events ")
    Output.standard.put(Version.text)
    Output.standard.put("\n")
    return .success
  }
}
