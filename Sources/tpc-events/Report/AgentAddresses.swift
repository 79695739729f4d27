// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Judges by the operators' lists, if there are any, whether a request that names an agent is the agent's own.
struct AgentAddresses {
  enum Verdict {
    case verified
    /// The address is none of the operator's.
    case spoofed
    /// No list tells, or the log has no address.
    case unknown
  }

  /// Nil without `--ai-ranges-dir`.
  let ranges: AgentRanges?
  private let oldest: Int64

  /// Fails when the lists cannot be read.
  init(_ options: Options) throws(Failure) {
    ranges = try AgentRanges.read(options)
    oldest = tpc_posix_clock_ns(CLOCK_REALTIME) / 1_000_000_000 - options.integer(.aiRangesMaxAge) * 86_400
  }

  /// How many of the lists are older than `ai_ranges_max_age_days` and so are not used.
  var outdated: Int {
    guard let ranges else { return 0 }
    return (0..<ranges.count).filter { index in ranges.file(index).map { $0.changed < oldest } ?? false }.count
  }

  func verdict(_ agent: AIAgent, _ address: IPAddress?) -> Verdict {
    guard let address, let ranges, let holds = ranges.holds(address, of: agent, oldest: oldest) else { return .unknown }
    return holds ? .verified : .spoofed
  }
}
