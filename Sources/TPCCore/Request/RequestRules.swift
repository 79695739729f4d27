// SPDX-License-Identifier: Apache-2.0

/// Makes page visits of web requests: decides whether a request is one, and what the visit says.
struct RequestRules {
  private let proxies: TrustedProxies
  private let included: PathPatterns
  private let excluded: PathPatterns

  init(_ options: Options) throws(Failure) {
    proxies = try TrustedProxies(options.text(.trustedProxies))
    included = try PathPatterns(options.text(.includePaths), "include_paths")
    excluded = try PathPatterns(options.text(.excludePaths), "exclude_paths")
  }

  /// Makes `visit` the one that the request's JSON tells, or returns the rule that leaves it out; `visit` is of no meaning then.
  /// Fails with `invalidJSON` or `invalidArgument` for what is no request, and with `invalidEvent` for what the contract refuses.
  func read(_ json: Bytes, into visit: inout PageVisit) throws(Failure) -> LeftOut? {
    let request = try WebRequest(json)
    if let rule = leftOut(request) { return rule }
    let target = try RequestTarget(request)
    let plain = try PlainPath(target.path)
    let isAsset = PageRule.hasAssetExtension(target.path) || !plain.isPlain && PageRule.hasAssetExtension(plain.bytes)
    if isAsset { return .asset }
    if !included.isEmpty && !included.includes(target.path, plain) || excluded.excludes(target.path, plain) { return .path }
    visit.clear()
    // What the application says counts before what the request says.
    if let event = request.event { try visit.read(event, isWhole: false) }
    try fill(&visit, request, target)
    return nil
  }

  private func leftOut(_ request: borrowing WebRequest) -> LeftOut? {
    if let method = request.part(.method), !PageRule.isPageMethod(method) { return .method }
    if let status = request.status, !PageRule.isPageStatus(status) { return .status }
    // Fetch Metadata: of what a browser loads, only a document is a page that somebody opens.
    if let destination = request.part(.fetchDestination), !destination.isEmpty, !destination.matches("document") {
      return .destination
    }
    return RequestRules.isPrefetch(request) ? .prefetch : nil
  }

  /// Whether a browser only fetches in advance: nobody may ever see the page.
  private static func isPrefetch(_ request: borrowing WebRequest) -> Bool {
    for header in [WebRequest.Part.purpose, .secPurpose, .xPurpose, .xMoz] {
      guard let value = request.part(header) else { continue }
      // Sec-Purpose is an item with parameters, as in prefetch;prerender.
      let purpose = value.part(0, value.firstIndex(of: UInt8(ascii: ";")) ?? value.count)
      for word in ["prefetch", "prerender", "preview"] as [StaticString] where purpose.matchesIgnoringCase(word) { return true }
    }
    return false
  }

  private func fill(_ visit: inout PageVisit, _ request: borrowing WebRequest, _ target: RequestTarget) throws(Failure) {
    let origin = RequestOrigin(request, proxies)
    if visit.isAbsent(.pageHref) { try target.setPage(of: &visit, origin) }
    if visit.isAbsent(.requestMethod), let method = request.part(.method) { try visit.set(.requestMethod, method) }
    if visit.isAbsent(.requestUserAgent), let agent = request.part(.userAgent) { try visit.set(.requestUserAgent, agent) }
    if visit.isAbsent(.requestReferrer), let referrer = request.part(.referer) { try visit.set(.requestReferrer, referrer) }
    if visit.isAbsent(.requestClientIp), let address = origin.address {
      var text = ByteBuffer()
      guard address.format(into: &text) else { throw .outOfMemory }
      try visit.set(.requestClientIp, text.bytes)
    }
  }
}

/// The rule that leaves a request out.
public enum LeftOut: Sendable {
  case method, status, asset, destination, prefetch, path, notAIAgent

  /// The word of the C ABI.
  public var name: StaticString {
    switch self {
    case .method: "method"
    case .status: "status"
    case .asset: "asset"
    case .destination: "destination"
    case .prefetch: "prefetch"
    case .path: "path"
    case .notAIAgent: "not_ai_agent"
    }
  }
}
