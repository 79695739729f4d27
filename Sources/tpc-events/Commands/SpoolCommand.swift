// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `spool`: what lies in a spool, and what is to become of it.
struct SpoolCommand {
  private enum Action: CaseIterable {
    case list, check, drain, purge

    var name: StaticString {
      switch self {
      case .list: "list"
      case .check: "check"
      case .drain: "drain"
      case .purge: "purge"
      }
    }

    func takes(_ flag: Flag) -> Bool {
      switch flag {
      case .events: self == .list
      case .follow, .rejected, .timeout: self == .drain
      case .older: self == .purge
      case .all: self == .drain || self == .purge
      default: true
      }
    }
  }

  private let action: Action
  private let arguments: Arguments
  private let path: [UInt8]

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    let operands = arguments.operands
    guard let name = operands.first, let action = Action.allCases.first(where: { name.matches($0.name) }) else {
      throw UsageError("spool takes list, check, drain or purge, and the spool's folder")
    }
    self.action = action
    for (flag, _) in arguments.flags where !action.takes(flag) {
      throw UsageError(flag: flag.name.bytes, [UInt8]("is not a flag of spool ") + [UInt8](action.name))
    }
    let folder = operands.count > 1 ? [UInt8](operands[1]) : arguments.options.value(.spoolDirectory)
    guard operands.count <= 2, !folder.isEmpty else {
      throw UsageError([UInt8]("spool ") + [UInt8](action.name) + [UInt8](" takes the spool's folder (or TPC_SPOOL_DIRECTORY)"))
    }
    path = folder
  }

  func run() throws(UsageError) -> ExitCode {
    switch action {
    case .list: return try SpoolList(path, showsEvents: arguments.has(.events)).run()
    case .check: return try SpoolCheck(path).run()
    case .drain: return try SpoolDrain(arguments, path).run()
    case .purge: return try SpoolPurge(arguments, path).run()
    }
  }
}
