// SPDX-License-Identifier: Apache-2.0

/// Whether a visit that names an AI agent is the agent's own, and what shows it. Nil where nobody knows: what is missing or out of
/// date never makes an agent a false one.
struct AgentVerification: Hashable {
  /// What shows it; the stronger one last.
  enum Evidence: UInt8, Sendable {
    /// The address, which is or is not one of its operator's.
    case ip
    /// The request's signature.
    case signature

    var name: StaticString {
      switch self {
      case .ip: "ip"
      case .signature: "signature"
      }
    }
  }

  let isVerified: Bool
  let evidence: Evidence

  /// What two findings say together: one that verifies beats one that does not, and of equals a signature beats an address.
  static func joined(_ one: AgentVerification?, _ other: AgentVerification?) -> AgentVerification? {
    guard let one, let other else { return one ?? other }
    if one.isVerified != other.isVerified { return one.isVerified ? one : other }
    return one.evidence.rawValue >= other.evidence.rawValue ? one : other
  }
}
