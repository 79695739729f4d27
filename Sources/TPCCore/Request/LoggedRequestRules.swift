// SPDX-License-Identifier: Apache-2.0

/// The options for web requests that also mean something for the lines of an access log: which paths count, whose word about a visitor's
/// address does, and which errors are of interest.
package final class LoggedRequestRules {
  private let proxies: TrustedProxies
  private let included: PathPatterns
  private let excluded: PathPatterns
  private let errors: TrackedErrors
  private let addedAgents: AddedAgents?
  /// Whether `trusted_proxies` names any.
  package let knowsProxies: Bool

  /// Everything that can fail happens before the object exists (see `RequestRules`).
  package convenience init(_ options: Options) throws(Failure) {
    let proxies = try TrustedProxies(options.text(.trustedProxies))
    let included = try PathPatterns(options.text(.includePaths), "include_paths")
    let excluded = try PathPatterns(options.text(.excludePaths), "exclude_paths")
    self.init(options, proxies, included, excluded, try AgentsFile.agents(options))
  }

  private init(
    _ options: Options, _ proxies: TrustedProxies, _ included: PathPatterns, _ excluded: PathPatterns, _ addedAgents: AddedAgents?
  ) {
    self.proxies = proxies
    self.included = included
    self.excluded = excluded
    self.addedAgents = addedAgents
    errors = TrackedErrors(rawValue: options.choice(.trackErrors)) ?? .none
    knowsProxies = !options.text(.trustedProxies).isEmpty
  }

  /// Whether `include_paths` or `exclude_paths` is set, so that a path has to be looked at.
  package var looksAtPaths: Bool { !included.isEmpty || !excluded.isEmpty }

  /// What the two options say about a path: true for a page whatever it looks like, false for one that is left out, nil for one that they
  /// leave to the other rules.
  package func verdict(onPath path: Bytes) -> Bool? {
    guard let plain = try? PlainPath(path) else { return nil }
    if excluded.excludes(path, plain) { return false }
    if included.isEmpty { return nil }
    return included.includes(path, plain)
  }

  /// Whether a user agent names an AI agent, also one of the operator's own file.
  package func isAgent(_ userAgent: Bytes) -> Bool { agent(named: userAgent) != nil }

  /// The AI agent that a user agent names, also one of the operator's own file; nil if it names none.
  package func agent(named userAgent: Bytes) -> AIAgent? { AIAgent.named(in: userAgent, addedAgents) }

  /// Whether `track_errors` lets a visit through that was answered with this status.
  package func isTracked(status: Int, ofAgent: Bool) -> Bool {
    guard PageRule.isErrorOfInterest(status) else { return false }
    return switch errors {
    case .none: false
    case .ai: ofAgent
    case .all: true
    }
  }

  /// The visitor's address: the peer's own or, where the peer is a trusted proxy, the last in the list of an `X-Forwarded-For` header that is
  /// not one. Nil when nobody who is trusted tells it.
  package func client(peer: IPAddress?, forwardedFor list: Bytes) -> IPAddress? {
    if let peer, !proxies.contains(peer) { return peer }
    let said = ForwardedHeader.customary(addresses: list, schemes: nil, hosts: nil, proxies)
    return said.hasAddress ? said.address : peer
  }
}
