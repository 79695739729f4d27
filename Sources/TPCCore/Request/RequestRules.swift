// SPDX-License-Identifier: Apache-2.0

/// Turns web requests into page visits: decides whether a request is a visit, and what the visit says.
struct RequestRules {
  private let proxies: TrustedProxies
  private let included: PathPatterns
  private let excluded: PathPatterns

  init(_ options: Options) throws(Failure) {
    proxies = try TrustedProxies(options.text(.trustedProxies))
    included = try PathPatterns(options.text(.includePaths), "include_paths")
    excluded = try PathPatterns(options.text(.excludePaths), "exclude_paths")
  }

  /// Reads a request into `request`, and makes `visit` the visit that it is. Returns the rule that leaves the request out, if one
  /// does; the contents of `visit` are unspecified then. Fails with `invalidJSON`, `invalidArgument` or `tooLarge` for a text that
  /// is not a request, and with `invalidEvent` for what the contract refuses.
  func read(_ json: Bytes, _ request: inout WebRequest, into visit: inout PageVisit) throws(Failure) -> LeftOut? {
    try request.read(json)
    if let rule = leftOut(request) { return rule }
    let target = try RequestTarget(request)
    let plain = try PlainPath(target.path)
    let isAsset = PageRule.hasAssetExtension(target.path) || !plain.isPlain && PageRule.hasAssetExtension(plain.bytes)
    if isAsset { return .asset }
    if !included.isEmpty && !included.includes(target.path, plain) || excluded.excludes(target.path, plain) { return .path }
    visit.clear()
    // What the application says about the visit wins over what the request says.
    if let event = request.event { try visit.read(event, isWhole: false) }
    try fill(&visit, &request, target)
    return nil
  }

  private func leftOut(_ request: borrowing WebRequest) -> LeftOut? {
    if let method = request.part(.method), !PageRule.isPageMethod(method) { return .method }
    if let status = request.status, !PageRule.isPageStatus(status) { return .status }
    // Fetch Metadata: of all that a browser loads, only a document is a page that somebody opens.
    if let destination = request.part(.fetchDestination), !destination.isEmpty, !destination.matches("document") {
      return .destination
    }
    return RequestRules.isPrefetch(request) ? .prefetch : nil
  }

  /// Whether a browser only fetches ahead of time: nobody may ever see the page.
  private static func isPrefetch(_ request: borrowing WebRequest) -> Bool {
    isPrefetch(request.part(.purpose)) || isPrefetch(request.part(.secPurpose)) || isPrefetch(request.part(.xPurpose))
      || isPrefetch(request.part(.xMoz))
  }

  @inline(never)
  private static func isPrefetch(_ header: Bytes?) -> Bool {
    guard let header else { return false }
    // Sec-Purpose is an item with parameters, as in prefetch;prerender.
    let purpose = header.part(0, header.firstIndex(of: UInt8(ascii: ";")) ?? header.count)
    return purpose.matchesIgnoringCase("prefetch") || purpose.matchesIgnoringCase("prerender")
      || purpose.matchesIgnoringCase("preview")
  }

  private func fill(_ visit: inout PageVisit, _ request: inout WebRequest, _ target: RequestTarget) throws(Failure) {
    let origin = RequestOrigin(request, proxies)
    if visit.isAbsent(.pageHref) { try target.setPage(of: &visit, origin, &request.url, &request.repairedURL) }
    if visit.isAbsent(.requestMethod), let method = request.part(.method) { try visit.set(.requestMethod, method) }
    if visit.isAbsent(.requestUserAgent), let agent = request.part(.userAgent) { try visit.set(.requestUserAgent, agent) }
    if visit.isAbsent(.requestReferrer), let referrer = request.part(.referer) { try visit.set(.requestReferrer, referrer) }
    if visit.isAbsent(.requestClientIp), let address = origin.address {
      request.url.truncate(to: 0)
      guard address.format(into: &request.url) else { throw .outOfMemory }
      try visit.set(.requestClientIp, request.url.bytes)
    }
  }
}

/// The rule that leaves a request out.
public enum LeftOut: Sendable {
  case method, status, asset, destination, prefetch, path, notAIAgent, notAI

  /// The rule's name in the C ABI.
  public var name: StaticString {
    switch self {
    case .method: "method"
    case .status: "status"
    case .asset: "asset"
    case .destination: "destination"
    case .prefetch: "prefetch"
    case .path: "path"
    case .notAIAgent: "not_ai_agent"
    case .notAI: "not_ai"
    }
  }

  init(_ reader: UnwantedReader) {
    switch reader {
    case .notAIAgent: self = .notAIAgent
    case .notAI: self = .notAI
    }
  }
}
