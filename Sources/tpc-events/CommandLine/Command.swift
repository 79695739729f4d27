// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The first argument: what the tool does.
enum Command: CaseIterable {
  case send, check, replay, report, agents, spool, completion

  var name: StaticString {
    switch self {
    case .send: "send"
    case .check: "check"
    case .replay: "replay"
    case .report: "report"
    case .agents: "agents"
    case .spool: "spool"
    case .completion: "completion"
    }
  }

  static func named(_ name: Bytes) -> Command? { allCases.first { name.matches($0.name) } }
}
