// SPDX-License-Identifier: Apache-2.0

/// The first argument: what the tool does.
enum Command: CaseIterable {
  case send, check, replay, report, agents, spool

  var name: StaticString {
    switch self {
    case .send: "send"
    case .check: "check"
    case .replay: "replay"
    case .report: "report"
    case .agents: "agents"
    case .spool: "spool"
    }
  }
}
