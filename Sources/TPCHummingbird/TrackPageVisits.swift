// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
  public import Hummingbird
  public import TPC

  /// Middleware for Hummingbird that tracks a server's page visits: needs the package trait `Hummingbird`.
  ///
  /// ```swift
  /// let visits = try PageVisits()
  /// router.add(middleware: TrackPageVisits(visits))
  /// let application = Application(router: router, services: [visits])
  /// ```
  ///
  /// Add it before all other middleware, so that it sees what they answer. Added twice, or to a group as well, it counts a request once.
  ///
  /// A visit is a page of which something was sent, whether or not the reader stayed. Bodies are passed on as the application writes
  /// them, and tracked at their end. An error that a handler throws counts with its status, or else with 500, by
  /// ``TPC/Configuration/trackErrors``. Nothing that goes wrong here reaches the application: each kind of failure is logged once.
  ///
  /// The visitor's address is known when the router's context is a `RemoteAddressRequestContext`. `BasicRequestContext` is none: visits
  /// have no address, and `trustedProxies` has no effect, since nobody knows who connects; that is logged once. This context has one:
  ///
  /// ```swift
  /// struct SiteContext: RemoteAddressRequestContext {
  ///   var coreContext: CoreRequestContextStorage
  ///   let remoteAddress: SocketAddress?  // import NIOCore
  ///   init(source: Source) {
  ///     coreContext = .init(source: source)
  ///     remoteAddress = source.channel.remoteAddress
  ///   }
  /// }
  /// let router = Router(context: SiteContext.self)
  /// ```
  ///
  public struct TrackPageVisits<Context: RequestContext>: RouterMiddleware {
    /// Changes a visit before it is tracked, or withholds it.
    ///
    /// ```swift
    /// let edit: TrackPageVisits<BasicRequestContext>.Edit = { visit, _, _, _ in visit?.title = "Pricing" }
    /// ```
    public typealias Edit = @Sendable (inout Visit?, Request, Response, Context) async throws -> Void

    let visits: PageVisits
    let scheme: String?
    let edit: Edit?

    /// Makes middleware that tracks with a sender, which the application runs as one of its services.
    ///
    /// `scheme` is the one by which visitors reach the site: give `https` where Hummingbird speaks TLS itself, since it says `http` of
    /// HTTP/1.1 all the same, and behind a proxy for which ``TPC/Configuration/trustedProxies`` has no effect. What a trusted proxy says
    /// comes first.
    ///
    /// `edit` gets each visit before it is tracked, once the response is sent. It may change the visit, and sets it to nil to withhold
    /// it. One that throws withholds it, too. The next request of the same connection waits for it. When a handler has thrown, the
    /// response has the error's status and nothing else, and is sent afterwards.
    ///
    /// ```swift
    /// let middleware = TrackPageVisits<BasicRequestContext>(visits) { visit, request, response, context in
    ///   guard request.headers[.cookie]?.contains("consent=yes") == true else { return visit = nil }
    ///   visit?.properties["route"] = .string(context.endpointPath ?? "none")
    /// }
    /// ```
    public init(_ visits: PageVisits, scheme: String? = nil, edit: Edit? = nil) {
      self.visits = visits
      self.scheme = scheme
      self.edit = edit
      if visits.trustsProxies, !(Context.self is any RemoteAddressRequestContext.Type) {
        Faults.log("trusted_proxies has no effect: \(Context.self) is not a RemoteAddressRequestContext, so nobody knows who connects")
      }
    }

    /// Passes the request on, and tracks the visit when the response has been sent.
    ///
    /// ```swift
    /// let response = try await middleware.handle(request, context: context) { request, context in
    ///   try await responder.respond(to: request, context: context)
    /// }
    /// ```
    public func handle(
      _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
      guard !Watched.isInside else { return try await next(request, context) }
      let answer = Answer(to: request, in: context, by: self)
      do {
        let response = try await Watched.$isInside.withValue(true) { try await next(request, context) }
        // Hummingbird may make the response to HEAD of one to GET, whose body nobody writes.
        if request.method == .head { await answer.complete(response) }
        return answer.watched(response)
      } catch {
        await answer.fail(error)
        throw error
      }
    }
  }

  /// Whether a `TrackPageVisits` watches the request of this task already.
  private enum Watched {
    @TaskLocal static var isInside = false
  }
#endif

#if !Hummingbird
  public import TPC

  // Has the same calls, so that each of them says what is missing.

  /// Needs the package trait `Hummingbird`.
  @available(*, unavailable, message: "add traits: [\"Hummingbird\"] to the package libtpc in Package.swift")
  public struct TrackPageVisits<Context> {
    /// Needs the package trait `Hummingbird`.
    public typealias Edit = @Sendable (inout Visit?, Any, Any, Any) async throws -> Void

    /// Needs the package trait `Hummingbird`.
    public init(_ visits: PageVisits, scheme: String? = nil, edit: Edit? = nil) {}

    /// Needs the package trait `Hummingbird`.
    public init(_ visits: PageVisits, scheme: String? = nil, edit: Edit? = nil) where Context == Never {}
  }
#endif
