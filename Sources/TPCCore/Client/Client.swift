// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// Sends page visits to one endpoint in the background.
///
///     var options = Options()
///     try options.loadEnvironment()
///     let client = try Client(options)
///     var visit = PageVisit()
///     try visit.set(.pageHref, "https://example.com/pricing")
///     try client.track(visit)
///     client.close(timeoutMilliseconds: 5_000)
///
/// Any thread may use a client. After a fork, the child's calls find an empty queue and a sender of their own; the child does not
/// have to call anything for it.
package final class Client: @unchecked Sendable {
  let configuration: Configuration
  /// This process's `Delivery`, retained. A forked child replaces it with its own and never touches its parent's: a lock in that
  /// may stay taken forever, and its connections are the parent's.
  private let current: Atomic<UInt>
  /// Whether a visit was left out because its host is this machine: only the first one is logged.
  private let hasLeftOutLocalHost = Atomic<Bool>(false)

  /// Whether a call for this shared client with other options was logged: only the first one is.
  private let hasLoggedDifference = Atomic<Bool>(false)

  /// Fails with `invalidOption` when the options contradict each other or name no credential. Starts no thread.
  @export(interface)
  package convenience init(_ options: Options) throws(Failure) {
    // First, since a name that is not read may be why it fails.
    options.unread.log(to: options.log)
    // Whatever can fail comes before the object: an Embedded build never frees an object whose initializer fails.
    let configuration = try Configuration(options)
    guard !configuration.sends || Transport.isReady else {
      throw Failure(.system, "libcurl could not be set up")
    }
    self.init(configuration)
  }

  init(_ configuration: Configuration) {
    self.configuration = configuration
    current = Atomic(Client.make(configuration))
  }

  deinit {
    guard let delivery = ownDelivery else { return }
    if !delivery.isReleased {
      _ = delivery.close(until: 0)
      delivery.shutDown()
    }
    Unmanaged.passUnretained(delivery).release()
  }

  private static func make(_ configuration: Configuration) -> UInt {
    UInt(bitPattern: Unmanaged.passRetained(Delivery(configuration)).toOpaque())
  }

  private static func delivery(at address: UInt) -> Unmanaged<Delivery> {
    // `make` never returns zero.
    Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped)
  }

  private var delivery: Delivery {
    @inline(__always) get {
      let known = Client.delivery(at: current.load(ordering: .acquiring))
      return isOwn(known) ? known.takeUnretainedValue() : HostThread.undisturbed { begin() }
    }
  }

  /// This process's delivery; nil in a forked child that has none yet.
  var ownDelivery: Delivery? {
    let known = Client.delivery(at: current.load(ordering: .acquiring))
    return isOwn(known) ? known.takeUnretainedValue() : nil
  }

  @inline(__always)
  private func isOwn(_ delivery: Unmanaged<Delivery>) -> Bool {
    delivery._withUnsafeGuaranteedRef { $0.forks } == ForkDetector.generation
  }

  /// Makes the delivery of a forked child, at its first call. If several threads call at once, one delivery is kept and the others are freed.
  private func begin() -> Delivery {
    let parents = current.load(ordering: .acquiring)
    if let delivery = ownDelivery { return delivery }
    let made = Client.make(configuration)
    let (isFirst, other) = current.compareExchange(expected: parents, desired: made, ordering: .acquiringAndReleasing)
    if !isFirst { Client.delivery(at: made).release() }
    return Client.delivery(at: isFirst ? made : other).takeUnretainedValue()
  }

  /// Checks the event, fills in what is absent and queues its bytes. Never waits for the network. Fails with `invalidEvent`,
  /// `tooLarge`, `queueFull`, `closed`, `noMemory` or `system`; an event that was queued is accounted for to the end.
  @export(interface)
  @discardableResult
  package func track(_ visit: borrowing PageVisit) throws(Failure) -> TrackResult { try delivery.track(visit) }

  /// Tracks an event from its JSON. Fails as `track(_:)` does, and with `invalidJSON`.
  @export(interface)
  @discardableResult
  @_optimize(speed)
  package func track(json: Bytes) throws(Failure) -> TrackResult {
    let delivery = delivery
    guard configuration.isEnabled else { return delivery.countDisabled() }
    guard let workspace = delivery.spare.take() else { throw delivery.refuse(.outOfMemory) }
    defer { delivery.spare.giveBack(workspace) }
    do throws(Failure) {
      try workspace.pointee.visit.read(json, maximumBytes: configuration.completion.maximumBytes)
    } catch {
      throw delivery.refuse(error)
    }
    return try delivery.track(workspace.pointee.visit)
  }

  /// The bytes that `track` would queue, without queueing or counting the event; or else the name of what leaves it out. The event
  /// keeps the bytes until it is written again. Fails as `track(_:)` does.
  @export(interface)
  @inline(never)
  package func body(of visit: borrowing PageVisit) throws(Failure) -> (body: Bytes, leftOut: StaticString?) {
    let delivery = delivery
    switch try Completion.complete(visit, configuration.completion, random: { delivery.randomBits() }) {
    case .body(let body): return (body.bytes, nil)
    case .sampledOut: return (Bytes(""), "sample_rate")
    case .leftOut(let reader): return (Bytes(""), LeftOut(reader).name)
    }
  }

  /// Decides whether a web request is a visit to a page, and tracks it if so. Takes the request as JSON (`WebRequest`). Fails as
  /// `track(_:)` does, and with `invalidArgument` for JSON that is not a request.
  @discardableResult
  @_optimize(speed)
  package func track(request json: Bytes) throws(Failure) -> TrackResult { try track(RequestInput(json: json)) }

  @export(interface)
  @inline(never)
  @discardableResult
  @_optimize(speed)
  package func track(_ request: RequestInput) throws(Failure) -> TrackResult {
    let delivery = delivery
    guard configuration.isEnabled else { return delivery.countDisabled() }
    guard let workspace = delivery.spare.take() else { throw delivery.refuse(.outOfMemory) }
    defer { delivery.spare.giveBack(workspace) }
    if let rule = try read(request, &workspace.pointee.request, into: &workspace.pointee.visit) { return .leftOut(rule) }
    return try delivery.track(workspace.pointee.visit)
  }

  /// Makes the event of a web request, for the caller to change, track and free (`CMemory.free`). Returns the rule instead when one
  /// leaves the request out. Fails as `track(request:)` does.
  @export(interface)
  @inline(never)
  package func event(
    from request: RequestInput
  ) throws(Failure) -> (event: UnsafeMutablePointer<PageVisit>?, leftOut: LeftOut?) {
    guard let workspace = delivery.spare.take() else { throw delivery.refuse(.outOfMemory) }
    defer { delivery.spare.giveBack(workspace) }
    guard let visit = CMemory.makeEvent() else { throw delivery.refuse(.outOfMemory) }
    do throws(Failure) {
      var rule = try read(request, &workspace.pointee.request, into: &visit.pointee)
      if rule == nil, let reader = configuration.completion.reader(of: visit.pointee).unwanted {
        rule = LeftOut(reader)
        delivery.count(.leftOut(LeftOut(reader)))
      }
      guard let rule else { return (visit, nil) }
      CMemory.free(visit)
      return (nil, rule)
    } catch {
      CMemory.free(visit)
      throw error
    }
  }

  /// The AI agent that makes a web request, by this client's tables, networks and keys, and whether it is the one that it names; nil
  /// when no agent does. Counts nothing.
  @export(interface)
  @inline(never)
  package func aiAgent(of request: RequestInput) throws(Failure) -> (agent: AIAgent, isVerified: Bool?)? {
    guard configuration.requests.mayBeOfAgent(request) else { return nil }
    guard let workspace = delivery.spare.take() else { throw .outOfMemory }
    defer { delivery.spare.giveBack(workspace) }
    return try configuration.requests.agent(
      request, &workspace.pointee.request, using: &workspace.pointee.visit, configuration.completion)
  }

  @inline(never)
  private func read(
    _ given: RequestInput, _ request: inout WebRequest, into visit: inout PageVisit
  ) throws(Failure) -> LeftOut? {
    do throws(Failure) {
      var rule = try configuration.requests.read(given, &request, into: &visit, configuration.completion)
      if rule == nil { rule = try configuration.requests.signals.apply(request, to: &visit, configuration.completion) }
      if let rule { delivery.count(.leftOut(rule)) }
      if case .localHost = rule { logLocalHost() }
      return rule
    } catch {
      throw delivery.refuse(error)
    }
  }

  /// Behind a proxy that does not pass `Host` on, all of a site's pages would be left out without a word.
  @inline(never)
  private func logLocalHost() {
    guard !hasLeftOutLocalHost.exchange(true, ordering: .relaxed) else { return }
    HostThread.undisturbed {
      configuration.log.write(.warn) {
        $0.add(
          """
          page visits to this machine's own names, such as localhost, are left out; behind a proxy, let it pass Host on, or send \
          X-Forwarded-Host and set trusted_proxies (TPC_TRUSTED_PROXIES); to test, set base_url to a server on this machine
          """)
      }
    }
  }

  /// Logs an option that a call for this shared client had set otherwise. A value may be a secret: it is not shown.
  func logDifference(from options: Options) {
    guard !hasLoggedDifference.load(ordering: .relaxed), let option = options.difference(from: configuration.options),
      !hasLoggedDifference.exchange(true, ordering: .relaxed)
    else { return }
    configuration.log.write(.warn) {
      $0.add("a shared client was asked for again with another value of ")
      $0.add(OptionTable.row(option).name)
      $0.add("; the first value counts: give the client another name, or close it first")
    }
  }

  /// Retries at once whatever waits for a retry, and waits until every event accepted before the call has ended. Returns how many
  /// have not when the time is up. Fails with `closed`, and with `invalidArgument` for a negative time.
  @export(interface)
  @discardableResult
  package func flush(timeoutMilliseconds: Int) throws(Failure) -> Int {
    try leftover(ofFlush: timeoutMilliseconds).count
  }

  @export(interface)
  package func leftover(ofFlush timeoutMilliseconds: Int) throws(Failure) -> Leftover {
    try delivery.flush(until: Client.deadline(checking: timeoutMilliseconds))
  }

  /// Closes the client: it takes no more events, flushes until the time is up, drops what is left and ends the thread. Returns how
  /// many events were dropped.
  @export(interface)
  @discardableResult
  package func close(timeoutMilliseconds: Int) -> Int { leftover(ofClose: timeoutMilliseconds).count }

  func leftover(ofClose timeoutMilliseconds: Int) -> Leftover { delivery.close(until: Client.deadline(timeoutMilliseconds)) }

  /// Gives the client up without waiting: it takes no more events, and its thread delivers what is pending, however long that takes,
  /// and ends by itself.
  package func release() { _ = release(holding: nil) }

  /// The same for a client in a slot: the thread leaves the call when it ends. `false` if there is no thread.
  func release(holding call: ClientTable.Call?) -> Bool { ownDelivery?.release(holding: call) ?? false }

  package var statistics: Statistics {
    @export(interface) get { delivery.statistics }
  }

  /// Whether the endpoint's last response means that nothing gets through until somebody corrects the configuration (401, 403, 404,
  /// 407, a redirect). Events are kept and retried all the same.
  package var isMisconfigured: Bool {
    @export(interface) get { delivery.isMisconfigured }
  }

  /// Takes the oldest delivery report, waiting for one until the time is up. Nil when there is none; fails as
  /// `flush` does.
  package func poll(timeoutMilliseconds: Int) throws(Failure) -> Report? {
    guard let report = try pollPointer(timeoutMilliseconds: timeoutMilliseconds) else { return nil }
    let taken = report.move()
    free(report)
    return taken
  }

  /// Takes the oldest delivery report as `poll` does, in memory that `CMemory.free` frees.
  @export(interface)
  package func pollPointer(timeoutMilliseconds: Int) throws(Failure) -> UnsafeMutablePointer<Report>? {
    try delivery.poll(until: Client.deadline(checking: timeoutMilliseconds))
  }

  /// The oldest delivery report without waiting, in memory that `CMemory.free` frees, and whether there can be none any more.
  package func takeReport() -> (report: UnsafeMutablePointer<Report>?, isOver: Bool) { delivery.takeReport() }

  /// Counts an event that was refused before it reached `track`, and returns the failure again.
  package func refuse(_ failure: Failure) -> Failure { delivery.refuse(failure) }

  /// Whether events are tracked at all; the option `enabled`.
  package var isEnabled: Bool { configuration.isEnabled }

  /// Whether reports are kept; the option `report_capacity`.
  package var keepsReports: Bool { configuration.delivery.reportCapacity > 0 }

  /// Whether the option `trusted_proxies` is set.
  package var trustsProxies: Bool { configuration.options.isSet(.trustedProxies) }

  /// The option `exit_timeout_ms`.
  package var exitTimeoutMilliseconds: Int64 { configuration.exitTimeoutMilliseconds }

  /// Logs a warning about how the client is used.
  package func warn(_ text: StaticString) {
    HostThread.undisturbed { configuration.log.write(.warn) { $0.add(text) } }
  }

  /// A descriptor that is readable while there are reports, and when all of a closed client's have come; it belongs to the client. -1 when no reports are kept.
  package var reportDescriptor: Int32 {
    @export(interface) get { delivery.openReportDescriptor() }
  }

  /// Waits, at the process's exit, for pending events, until `exit_timeout_ms` after `start`.
  func deliverAtExit(from start: Int64) {
    // If this process has made no call since the fork, the queue still belongs to the parent.
    guard configuration.exitTimeoutMilliseconds > 0, let delivery = ownDelivery else { return }
    let left = delivery.flushAtExit(until: start + configuration.exitTimeoutMilliseconds)
    guard left > 0 else { return }
    configuration.log.write(.warn) {
      $0.add("the process ends before all events were delivered, pending: ")
      $0.add(left)
    }
  }

  private static func deadline(checking timeout: Int) throws(Failure) -> Int64 {
    guard timeout >= 0 else {
      throw Failure(.invalidArgument, field: "timeout_ms", "found a negative number; expected milliseconds from 0")
    }
    return deadline(timeout)
  }

  private static func deadline(_ timeout: Int) -> Int64 { Clock.monotonic() + Int64(max(0, min(timeout, Int(Int32.max)))) }
}
