// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension Option {
  /// Why a command refuses the option as a flag: it would do nothing there. From the environment, where it is meant for other programs, too,
  /// it is taken. Nil for an option that means something.
  func uselessness(in command: Command) -> StaticString? {
    guard command == .replay || command == .report else { return nil }
    if command == .report, !isOfReports { return "means nothing for a report, which sends nothing" }
    return switch self {
    case .clientIPHeader: "means nothing for a log, which has no headers; expected --trusted-proxies, for the addresses that proxies report"
    case .pageTypes: "means nothing for a log, which has no content types; expected --include-assets, --include-paths or --exclude-paths"
    case .privacySignals: "means nothing for a log, which has no headers of visitors"
    case .aiKeysFolder: "means nothing for a log, which has no signatures"
    default: nil
    }
  }

  /// Whether the option says how a log is read and who is who, or is refused with more to say.
  private var isOfReports: Bool {
    switch self {
    case .trustedProxies, .includePaths, .excludePaths, .aiAgentsFile, .aiRangesFolder, .aiRangesMaxAge: true
    case .clientIPHeader, .pageTypes, .privacySignals, .aiKeysFolder: true
    default: false
    }
  }
}
