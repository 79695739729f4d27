// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// The rule that leaves a web request out; docs/web-requests.md describes each.
///
/// ```swift
/// if let rule = try visits.track(request) {
///   print("not a page visit: \(rule.rawValue)")
/// }
/// ```
public enum LeftOut: String, Sendable, Hashable, Codable, CaseIterable {
  /// Another method than GET or HEAD.
  case method
  /// A status that does not belong to a page.
  case status
  /// What a page loads, by `Sec-Fetch-Dest`.
  case destination
  /// A prefetch.
  case prefetch
  /// A content type that is not one of ``Configuration/pageTypes``.
  case contentType = "content_type"
  /// A script, an image or another asset, by the path.
  case asset
  /// `/robots.txt`, a sitemap or a feed.
  case machineFile = "machine_file"
  /// A path that ``Configuration/includePaths`` does not name, or that ``Configuration/excludePaths`` names.
  case path
  /// A load balancer's or a monitor's.
  case healthCheck = "health_check"
  /// A page on this machine, such as localhost.
  case localHost = "local_host"
  /// A person who sends `Sec-GPC` or `DNT`, by ``Configuration/privacySignals``.
  case privacySignal = "privacy_signal"
  /// Anyone but an AI agent, by ``Configuration/onlyAIAgents``.
  case notAIAgent = "not_ai_agent"
  /// Anyone but an agent or a person from an AI answer, by ``Configuration/onlyAI``.
  case notAI = "not_ai"
}

extension LeftOut {
  init(_ rule: TPCCore.LeftOut) {
    switch rule {
    case .method: self = .method
    case .status: self = .status
    case .destination: self = .destination
    case .prefetch: self = .prefetch
    case .contentType: self = .contentType
    case .asset: self = .asset
    case .machineFile: self = .machineFile
    case .path: self = .path
    case .healthCheck: self = .healthCheck
    case .localHost: self = .localHost
    case .privacySignal: self = .privacySignal
    case .notAIAgent: self = .notAIAgent
    case .notAI: self = .notAI
    }
  }
}
