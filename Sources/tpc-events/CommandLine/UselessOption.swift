// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension Option {
  /// Why a command refuses the option as a flag: it would do nothing there. From the environment, where it is meant for other programs, too,
  /// it is taken. Nil for an option that means something.
  func uselessness(in command: Command) -> StaticString? {
    if command == .replay || command == .report, let reason = uselessnessForLogs { return reason }
    if belongs(to: command) { return nil }
    return command == .report ? "means nothing for a report, which sends nothing" : "has no effect on this command; expected without it"
  }

  private var uselessnessForLogs: StaticString? {
    switch self {
    case .clientIPHeader: "means nothing for a log, which has no headers; expected --trusted-proxies, for the addresses that proxies report"
    case .pageTypes: "means nothing for a log, which has no content types; expected --include-assets, --include-paths or --exclude-paths"
    case .privacySignals: "means nothing for a log, which has no headers of visitors"
    case .aiKeysFolder: "means nothing for a log, which has no signatures"
    default: nil
    }
  }
}
