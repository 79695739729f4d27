// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import TPCCore

/// Sends page visits in the background: a queue, its sender, and their connection to one endpoint.
///
/// ```swift
/// let visits = try PageVisits()  // reads TPC_API_KEY
/// try visits.track(Visit(href: "https://example.com/pricing", userAgent: "GPTBot/1.2"))
/// await visits.close()
/// ```
///
/// A server makes one, keeps it, and tracks from any task or thread: ``track(_:)`` never waits. One that nobody holds any more
/// delivers what is queued and ends by itself. At a normal exit the process waits for what is queued, at most
/// ``Configuration/exitTimeout``.
public final class PageVisits: Sendable {
  /// The client's token: the table of clients delivers at the process's exit, and knows those that share a name.
  let token: UInt
  let client: Client
  let configuration: Configuration
  /// Whether others may use the client, by its name.
  private let isShared: Bool
  /// Whether it was logged that reports were asked for, and none are kept.
  let hasWarnedOfReports = Atomic<Bool>(false)

  /// Makes a sender; the first visit starts its thread. Does not wait for the network.
  ///
  /// With ``Configuration/name``, it is the process's sender of that name, which the first call makes. Fails with
  /// ``TPCError/Code/invalidOption`` when a value is wrong or no credential is set, and with ``TPCError/Code/system``.
  ///
  /// ```swift
  /// var configuration = Configuration()
  /// configuration.apiKey = "…"
  /// let visits = try PageVisits(configuration)
  /// ```
  public init(_ configuration: Configuration = .environment) throws(TPCError) {
    let opened = try call { () throws(Failure) in
      try HostThread.undisturbed { () throws(Failure) in try PageVisits.open(configuration.options()) }
    }
    (token, client, isShared) = opened
    self.configuration = configuration
    takeLogLines()
  }

  deinit {
    guard !isShared else { return }
    #if Metrics
      MetricsRecorder.forget(token)
    #endif
    // Fails if it was closed.
    HostThread.undisturbed { try? ClientTable.release(token) }
  }

  private static func open(_ options: Options) throws(Failure) -> (token: UInt, client: Client, isShared: Bool) {
    let isShared = !options.value(.name).isEmpty
    let token = isShared ? try ClientTable.shared(options) : try ClientTable.open(options)
    var opened: Client?
    try ClientTable.use(token) { client throws(Failure) in opened = client }
    guard let opened else { throw .closed }
    return (token, opened, isShared)
  }

  /// Checks a visit, fills in what is absent and queues it. Never waits.
  ///
  /// Fails with ``TPCError/Code/invalidEvent``, ``TPCError/Code/tooLarge``, ``TPCError/Code/queueFull`` or ``TPCError/Code/closed``;
  /// the visit is then not queued. One that was queued ends in exactly one of the counters of ``statistics``.
  ///
  /// ```swift
  /// try visits.track(Visit(href: "https://example.com/pricing", title: "Pricing"))
  /// ```
  public func track(_ visit: Visit) throws(TPCError) {
    try tracking { () throws(Failure) in
      var event = PageVisit()
      try write(visit, to: &event)
      try client.track(event)
    }
  }

  /// Queues a visit that is JSON already, in the contract's shape; `event` is required in it, and members that the contract does not
  /// name are passed on. Otherwise like ``track(_:)``; fails with ``TPCError/Code/invalidJSON``, too.
  ///
  /// ```swift
  /// try visits.track(json: #"{"event": "page_visit", "page": {"href": "https://example.com/"}}"#)
  /// ```
  public func track(json: String) throws(TPCError) {
    try tracking { () throws(Failure) in
      try withUTF8Bytes(json) { json throws(Failure) in try client.track(json: json) }
    }
  }

  /// Tracks a web request if it is a visit to a page, by the rules of docs/web-requests.md. Never waits.
  ///
  /// What is added takes precedence over what the request says. Returns nil when the visit was tracked, and otherwise the rule that
  /// left it out. Fails as ``track(_:)`` does, and with ``TPCError/Code/invalidArgument`` for what is not a request.
  ///
  /// ```swift
  /// try visits.track(request, adding: Visit(title: "Pricing", properties: ["plan": "pro"]))
  /// ```
  @discardableResult
  public func track(_ request: WebRequest, adding visit: Visit? = nil) throws(TPCError) -> LeftOut? {
    try tracking { () throws(Failure) in
      try with(request, adding: visit) { input throws(Failure) in
        guard case .leftOut(let rule) = try client.track(input) else { return nil }
        return LeftOut(rule)
      }
    }
  }

  /// The visit that tracking the request would send, to look at or to change before it is tracked; nil when a rule leaves the request
  /// out. ``Configuration/redactQuery`` and ``Configuration/clientIP`` apply when it is tracked. Fails as ``track(_:adding:)`` does.
  ///
  /// ```swift
  /// if var visit = try visits.visit(from: request) {
  ///   visit.title = "Pricing"
  ///   try visits.track(visit)
  /// }
  /// ```
  public func visit(from request: WebRequest, adding visit: Visit? = nil) throws(TPCError) -> Visit? {
    try tracking { () throws(Failure) in
      try with(request, adding: visit) { input throws(Failure) in
        guard let event = try client.event(from: input).event else { return nil }
        defer { CMemory.free(event) }
        return Visit(event.pointee)
      }
    }
  }

  /// The counters.
  ///
  /// ```swift
  /// print(visits.statistics.pending)
  /// ```
  public var statistics: Statistics {
    takeLogLines()
    return Statistics(client.statistics)
  }

  /// Whether the endpoint's last answer means that nothing gets through until somebody corrects the configuration, such as a wrong
  /// key. Visits are kept and tried again all the same.
  ///
  /// ```swift
  /// if visits.isMisconfigured { print("check the API key") }
  /// ```
  public var isMisconfigured: Bool { client.isMisconfigured }

  /// Whether proxies are trusted; the option `trusted_proxies`.
  package var trustsProxies: Bool { client.trustsProxies }

  // MARK: For all of these

  @inline(__always)
  private func tracking<Result>(_ body: () throws(Failure) -> Result) throws(TPCError) -> Result {
    defer { takeLogLines() }
    return try call(body)
  }

  private func write(_ visit: Visit, to event: inout PageVisit) throws(Failure) {
    guard client.isEnabled else { return }
    do throws(Failure) { try visit.write(to: &event) } catch { throw client.refuse(error) }
  }

  private func with<Result>(
    _ request: WebRequest, adding visit: Visit?, _ body: (RequestInput) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let visit else { return try request.withInput(adding: nil, body) }
    guard let event = CMemory.makeEvent() else { throw .outOfMemory }
    defer { CMemory.free(event) }
    try write(visit, to: &event.pointee)
    return try request.withInput(adding: event, body)
  }
}

extension PageVisits: CustomReflectable {
  /// The configuration, which shows no secret.
  public var customMirror: Mirror { Mirror(self, children: ["configuration": configuration]) }
}
