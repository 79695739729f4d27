// SPDX-License-Identifier: Apache-2.0

/// Turns web requests into page visits: decides whether a request is a visit, and what the visit says.
final class RequestRules {
  private let proxies: TrustedProxies
  private let included: PathPatterns
  private let excluded: PathPatterns
  private let pageTypes: PageTypes
  private let clientHeader: WebRequest.Part?
  private let errors: TrackedErrors
  let signals: PrivacySignals
  /// Makes an event's id of its request's; nil when it does not.
  private let identity: RequestIdentity?
  /// Whether visits of this machine's own names count: the endpoint is on this machine, too.
  private let tracksLocalHosts: Bool
  private let addedAgents: AddedAgents?
  private let keys: AgentVerifier?

  /// Everything that can fail happens before the object exists: in an Embedded build, an object whose initializer fails
  /// is never freed.
  convenience init(_ options: Options, _ completion: CompletionSettings?, hasLocalEndpoint: Bool) throws(Failure) {
    let proxies = try TrustedProxies(options.text(.trustedProxies))
    let pageTypes = try PageTypes(options.text(.pageTypes))
    let clientHeader = try RequestHeaders.clientHeader(options.text(.clientIPHeader))
    let identity = try RequestIdentity.make(options)
    let included = try PathPatterns(options.text(.includePaths), "include_paths")
    let excluded = try PathPatterns(options.text(.excludePaths), "exclude_paths")
    self.init(options, completion, hasLocalEndpoint, proxies, included, excluded, pageTypes, clientHeader, identity)
  }

  private init(
    _ options: Options, _ completion: CompletionSettings?, _ hasLocalEndpoint: Bool, _ proxies: TrustedProxies,
    _ included: PathPatterns, _ excluded: PathPatterns, _ pageTypes: PageTypes, _ clientHeader: WebRequest.Part?,
    _ identity: RequestIdentity?
  ) {
    self.proxies = proxies
    self.included = included
    self.excluded = excluded
    self.pageTypes = pageTypes
    self.clientHeader = clientHeader
    self.identity = identity
    errors = TrackedErrors(rawValue: options.choice(.trackErrors)) ?? .none
    signals = PrivacySignals(rawValue: options.choice(.privacySignals)) ?? .ignore
    tracksLocalHosts = hasLocalEndpoint
    addedAgents = completion?.addedAgents
    keys = completion?.keys
  }

  /// Reads a request into `request`, and makes `visit` the visit that it is. Returns the rule that leaves the request out, if one
  /// does; the contents of `visit` are unspecified then. Fails with `invalidJSON`, `invalidArgument` or `tooLarge` for what is not a
  /// request, and with `invalidEvent` for what the contract refuses.
  @_optimize(speed)
  func read(
    _ given: RequestInput, _ request: inout WebRequest, into visit: inout PageVisit, _ settings: CompletionSettings
  ) throws(Failure) -> LeftOut? {
    try request.read(given)
    if let rule = leftOut(request) { return rule }
    try request.makeUTF8(onlyTarget: true)
    let target = try RequestTarget(request)
    let plain = try PlainPath(target.path)
    // A path that include_paths names is a page, whatever it looks like.
    let isIncluded = !included.isEmpty && included.includes(target.path, plain)
    if !isIncluded, let rule = leftOut(request, target.path, plain) { return rule }
    if !included.isEmpty && !isIncluded || excluded.excludes(target.path, plain) { return .path }
    if let agent = request.part(.userAgent), HealthChecker.isNamed(in: agent) { return .healthCheck }
    // Most visits are left out by this, and the rest would be in vain.
    if settings.onlyAIAgents, request.namesReader, !isOfAgent(request) { return .notAIAgent }
    try request.makeUTF8(onlyTarget: false)
    visit.clear()
    if let status = request.part(.status) {
      try visit.setMember(.properties, key: Bytes("status"), value: status, hasEscapes: false)
    }
    // What the application says about the visit wins over what the request says.
    if let json = request.addedJSON { try visit.read(json, isWhole: false) }
    if let event = request.added { try visit.add(event.pointee) }
    return try fill(&visit, &request, target, settings)
  }

  /// Whether a request may be an agent's; nothing else of it is read.
  func mayBeOfAgent(_ given: RequestInput) -> Bool { isOfAgent(given.shortText(.userAgent), given.shortText(.signatureAgent)) }

  /// The AI agent that makes a request, and whether it is the one that it names; nil when no agent does. What the request asks for may
  /// be unknown. Fails as `read` does.
  @inline(never)
  func agent(
    _ given: RequestInput, _ request: inout WebRequest, using visit: inout PageVisit, _ settings: CompletionSettings
  ) throws(Failure) -> (agent: AIAgent, isVerified: Bool?)? {
    try request.read(given, needsPage: false)
    try request.makeUTF8(onlyTarget: false)
    visit.clear()
    try fillReader(&visit, &request, try? RequestTarget(request), RequestOrigin(request, proxies, clientHeader: clientHeader))
    return settings.agent(of: visit).map { ($0.agent, $0.verification?.isVerified) }
  }

  private func leftOut(_ request: borrowing WebRequest) -> LeftOut? {
    if let method = request.part(.method), !PageRule.isPageMethod(method) { return .method }
    if let status = request.status, !PageRule.isPageStatus(status), !isTracked(status, request) { return .status }
    // Fetch Metadata: of all that a browser loads, only a document is a page that somebody opens.
    if let destination = request.part(.fetchDestination), !destination.isEmpty, !destination.matches("document") {
      return .destination
    }
    return request.hasAny(WebRequest.Part.purposes) && RequestRules.isPrefetch(request) ? .prefetch : nil
  }

  /// Whether a status counts that is not a page's in itself.
  private func isTracked(_ status: Int, _ request: borrowing WebRequest) -> Bool {
    if status == 206 { return request.part(.range).map { PageRule.beginsAtStart($0) } ?? false }
    guard PageRule.isErrorOfInterest(status) else { return false }
    return switch errors {
    case .none: false
    case .ai: isOfAgent(request)
    case .all: true
    }
  }

  /// Whether the user agent names an AI agent or, by its own word, the request is signed by one.
  private func isOfAgent(_ request: borrowing WebRequest) -> Bool { isOfAgent(request.part(.userAgent), request.part(.signatureAgent)) }

  @inline(never)
  private func isOfAgent(_ userAgent: Bytes?, _ signatureAgent: Bytes?) -> Bool {
    if let userAgent, AIAgent.named(in: userAgent, addedAgents) != nil { return true }
    guard signatureAgent != nil else { return false }
    var signer = ByteBuffer()
    return SignatureAgent.read(signatureAgent, into: &signer) && AIAgent.signing(as: signer.bytes, addedAgents) != nil
  }

  /// The rule against what the path leads to: by the response's content type or, when that is not known, by the path's extension.
  /// An error's content type says nothing about what was asked for.
  private func leftOut(_ request: borrowing WebRequest, _ path: Bytes, _ plain: borrowing PlainPath) -> LeftOut? {
    let isError = (request.status ?? 200) >= 400
    let type = isError ? nil : request.part(.contentType).flatMap { PageTypes.mediaType($0) }
    switch MachinePath.kind(plain.bytes, isHTML: type.map { PageTypes.isHTML($0) } ?? false) {
    case .file: return .machineFile
    case .healthCheck: return .healthCheck
    case nil: break
    }
    let rule: LeftOut
    if let type {
      if pageTypes.contain(type) { return nil }
      rule = .contentType
    } else {
      let isAsset = PageRule.hasAssetExtension(path) || !plain.isPlain && PageRule.hasAssetExtension(plain.bytes)
      if !isAsset { return nil }
      rule = .asset
    }
    return MachinePath.isForAgents(plain.bytes) && isOfAgent(request) ? nil : rule
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

  @_optimize(speed)
  private func fill(
    _ visit: inout PageVisit, _ request: inout WebRequest, _ target: RequestTarget, _ settings: CompletionSettings
  ) throws(Failure) -> LeftOut? {
    if settings.onlyAIAgents, !request.namesReader, visit.isAbsent(.requestUserAgent), !isOfAgent(request) { return .notAIAgent }
    let origin = RequestOrigin(request, proxies, clientHeader: clientHeader)
    if visit.isAbsent(.pageHref) {
      if !tracksLocalHosts, let host = target.host(origin), LocalHost.isName(host) { return .localHost }
      try target.setPage(of: &visit, origin, &request.url)
    }
    try fillReader(&visit, &request, target, origin)
    if visit.isAbsent(.requestMethod), let method = request.part(.method) { try visit.set(.requestMethod, valid: method) }
    if visit.isAbsent(.requestReferrer), let referrer = request.part(.referer) { try visit.set(.requestReferrer, referrer) }
    if visit.isAbsent(.eventId) {
      try identity?.set(of: &visit, requestID: request.part(.requestID), traceparent: request.part(.traceparent))
    }
    return nil
  }

  /// Sets what tells who makes the request. Without a target, its signature shows nothing.
  @_optimize(speed)
  private func fillReader(
    _ visit: inout PageVisit, _ request: inout WebRequest, _ target: RequestTarget?, _ origin: RequestOrigin
  ) throws(Failure) {
    guard SignatureAgent.read(request.part(.signatureAgent), into: &visit.signer) else { throw .outOfMemory }
    if let keys, let target, request.part(.signature) != nil { verify(request, target, origin, keys, &visit) }
    if visit.isAbsent(.requestUserAgent), let agent = request.part(.userAgent) { try visit.set(.requestUserAgent, agent) }
    if visit.isAbsent(.requestClientIp), let address = origin.address {
      request.url.truncate(to: 0)
      guard address.format(into: &request.url) else { throw .outOfMemory }
      try visit.set(.requestClientIp, valid: request.url.bytes)
    }
  }

  /// What the request's signature shows. A visit of another time, as in a log, is verified as of that time: the application says so,
  /// which a visitor cannot. When the application names the page, one of another host than the request's stays without: anybody may
  /// ask for any host, and send the signature that was made for that one.
  @inline(never)
  private func verify(
    _ request: borrowing WebRequest, _ target: RequestTarget, _ origin: RequestOrigin, _ keys: AgentVerifier, _ visit: inout PageVisit
  ) {
    guard let host = target.host(origin) else { return }
    if !visit.isAbsent(.pageHref) {
      var decoded = ByteBuffer()
      let page = visit.plain(.pageHref, &decoded)
      guard let range = URI.Parts(page).host, host.part(0, range.count).matchesIgnoringCase(page.part(range)),
        host.count == range.count || host[range.count] == UInt8(ascii: ":")
      else { return }
    }
    let now = (visit.value(.occurredAt).flatMap { DateTime.milliseconds($0) } ?? Clock.wall()) / 1000
    visit.signature = keys.look { RequestSignature.verify(request, target, origin, $0.keys, now: now, &visit.signer) }
      .map { AgentVerification(isVerified: $0, evidence: .signature) }
  }
}

/// Whose requests count although they were answered with an error: the option `track_errors`.
enum TrackedErrors: Int {
  case none, ai, all
}

/// The rule that leaves a request out.
package enum LeftOut: Sendable {
  case method, status, destination, prefetch, contentType, asset, machineFile, path, healthCheck, localHost, privacySignal, notAIAgent, notAI

  /// The rule's name in the C ABI.
  package var name: StaticString {
    switch self {
    case .method: "method"
    case .status: "status"
    case .destination: "destination"
    case .prefetch: "prefetch"
    case .contentType: "content_type"
    case .asset: "asset"
    case .machineFile: "machine_file"
    case .path: "path"
    case .healthCheck: "health_check"
    case .localHost: "local_host"
    case .privacySignal: "privacy_signal"
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
