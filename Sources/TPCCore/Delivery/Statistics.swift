// SPDX-License-Identifier: Apache-2.0

/// How an accepted event ended. The numbers are those of the C ABI (`TPC_OUTCOME_…`).
package enum Outcome: Int32, Sendable {
  case delivered = 1
  case rejected = 2
  case expired = 3
  case abandoned = 4
  /// Left in the spool, for whoever sends next from there.
  case spooled = 5
}

/// Counters of what happened to the events. At every moment, accepted + adopted = delivered + rejected + expired +
/// abandoned + pending + spooled.
package struct Statistics: Equatable, Sendable {
  package internal(set) var accepted: UInt64 = 0
  package internal(set) var delivered: UInt64 = 0
  package internal(set) var rejected: UInt64 = 0
  package internal(set) var expired: UInt64 = 0
  package internal(set) var abandoned: UInt64 = 0
  package internal(set) var pending: UInt64 = 0
  package internal(set) var refusedInvalid: UInt64 = 0
  package internal(set) var refusedTooLarge: UInt64 = 0
  package internal(set) var refusedQueueFull: UInt64 = 0
  package internal(set) var refusedSystem: UInt64 = 0
  package internal(set) var sampledOut: UInt64 = 0
  package internal(set) var disabled: UInt64 = 0
  package internal(set) var requests: UInt64 = 0
  package internal(set) var failedRequests: UInt64 = 0
  package internal(set) var retries: UInt64 = 0
  package internal(set) var oddResponses: UInt64 = 0
  package internal(set) var reportsDropped: UInt64 = 0
  package internal(set) var queueBytes: UInt64 = 0
  package internal(set) var inFlight: UInt64 = 0
  package internal(set) var leftOut: UInt64 = 0
  package internal(set) var spooled: UInt64 = 0
  package internal(set) var adopted: UInt64 = 0
  package internal(set) var unspooled: UInt64 = 0
  package internal(set) var spoolBytes: UInt64 = 0
  package internal(set) var spoolErrors: UInt64 = 0
  package internal(set) var spoolCorrupt: UInt64 = 0

  package init() {}

  mutating func count(_ outcome: Outcome) {
    switch outcome {
    case .delivered: delivered &+= 1
    case .rejected: rejected &+= 1
    case .expired: expired &+= 1
    case .abandoned: abandoned &+= 1
    case .spooled: spooled &+= 1
    }
  }

  /// Counts a refused call, by its reason.
  mutating func countRefused(_ status: Status) {
    switch status {
    case .tooLarge: refusedTooLarge &+= 1
    case .queueFull: refusedQueueFull &+= 1
    case .noMemory, .system: refusedSystem &+= 1
    case .closed: return
    case .ok, .invalidArgument, .invalidOption, .invalidEvent, .invalidJSON, .timeout, .bufferTooSmall:
      refusedInvalid &+= 1
    }
  }
}
