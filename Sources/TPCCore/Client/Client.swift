// SPDX-License-Identifier: Apache-2.0

import CPOSIX
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
/// Any thread may use it. After a fork the child's calls find an empty queue and a sender of their own; nothing has to be
/// called for it.
public final class Client: @unchecked Sendable {
  let configuration: Configuration
  /// This process's `Delivery`, retained. A forked child puts its own in place and leaves its parent's as it lies: a lock in it
  /// may be taken for ever, and its connections are the parent's.
  private let current: Atomic<UInt>

  /// Fails with `invalidOption` when the options contradict each other or name no credential. Starts no thread.
  @export(interface)
  public convenience init(_ options: Options) throws(Failure) {
    // Whatever can fail comes before the object: one whose initialiser fails is never freed in an Embedded build.
    let configuration = try Configuration(options)
    guard !configuration.sends || Transport.isReady else {
      throw Failure(.system, "libcurl could not be set up")
    }
    self.init(configuration)
  }

  private init(_ configuration: Configuration) {
    self.configuration = configuration
    current = Atomic(Client.make(configuration))
  }

  deinit {
    guard let delivery = ownDelivery else { return }
    _ = delivery.close(until: 0)
    delivery.shutDown()
    Unmanaged.passUnretained(delivery).release()
  }

  private static func make(_ configuration: Configuration) -> UInt {
    UInt(bitPattern: Unmanaged.passRetained(Delivery(configuration)).toOpaque())
  }

  private static func delivery(at address: UInt) -> Unmanaged<Delivery> {
    // Never zero: `make` gave it.
    Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped)
  }

  private var delivery: Delivery {
    @inline(__always) get {
      let known = Client.delivery(at: current.load(ordering: .acquiring))
      return isOwn(known) ? known.takeUnretainedValue() : HostThread.undisturbed { begin() }
    }
  }

  /// Nil in a forked child that has none yet.
  var ownDelivery: Delivery? {
    let known = Client.delivery(at: current.load(ordering: .acquiring))
    return isOwn(known) ? known.takeUnretainedValue() : nil
  }

  @inline(__always)
  private func isOwn(_ delivery: Unmanaged<Delivery>) -> Bool {
    delivery._withUnsafeGuaranteedRef { $0.forks } == ForkDetector.generation
  }

  /// The first call in a forked child. Of threads that come at once, one puts its delivery in place.
  private func begin() -> Delivery {
    let parents = current.load(ordering: .acquiring)
    if let delivery = ownDelivery { return delivery }
    let made = Client.make(configuration)
    let (isFirst, other) = current.compareExchange(expected: parents, desired: made, ordering: .acquiringAndReleasing)
    if !isFirst { Client.delivery(at: made).release() }
    return Client.delivery(at: isFirst ? made : other).takeUnretainedValue()
  }

  /// Checks the event, fills in what is absent and queues its bytes. Never waits for the network. Fails with `invalidEvent`,
  /// `tooLarge`, `queueFull`, `closed`, `noMemory` or `system`; otherwise the event is accounted for to its end.
  @export(interface)
  @discardableResult
  public func track(_ visit: borrowing PageVisit) throws(Failure) -> TrackResult { try delivery.track(visit) }

  /// Tracks the event that a JSON text describes, as `track(_:)` does.
  @export(interface)
  @discardableResult
  public func track(json: Bytes) throws(Failure) -> TrackResult {
    let delivery = delivery
    guard configuration.isEnabled else { return delivery.count(.disabled) }
    return try delivery.spare.with { visit throws(Failure) in
      do throws(Failure) {
        try visit.pointee.read(json, maximumBytes: configuration.completion.maximumBytes)
      } catch {
        throw delivery.refuse(error)
      }
      return try delivery.track(visit.pointee)
    }
  }

  /// Decides whether a web request is a page visit, and tracks it if it is. Takes the request as JSON (`WebRequest`). Fails as
  /// `track(_:)` does, and with `invalidArgument` for text that is not a request.
  @export(interface)
  @discardableResult
  public func track(request json: Bytes) throws(Failure) -> TrackResult {
    let delivery = delivery
    guard configuration.isEnabled else { return delivery.count(.disabled) }
    return try delivery.spare.with { visit throws(Failure) in
      if let rule = try read(request: json, into: visit) { return .leftOut(rule) }
      return try delivery.track(visit.pointee)
    }
  }

  /// The same decision, with the visit to be changed and tracked by the caller. Nil instead of an event when a rule leaves the
  /// request out.
  @export(interface)
  public func event(
    fromRequest json: Bytes
  ) throws(Failure) -> (event: UnsafeMutablePointer<PageVisit>?, leftOut: LeftOut?) {
    guard let visit = CMemory.makeEvent() else { throw .outOfMemory }
    do throws(Failure) {
      guard let rule = try read(request: json, into: visit) else { return (visit, nil) }
      CMemory.free(visit)
      return (nil, rule)
    } catch {
      CMemory.free(visit)
      throw error
    }
  }

  private func read(request json: Bytes, into visit: UnsafeMutablePointer<PageVisit>) throws(Failure) -> LeftOut? {
    do throws(Failure) {
      var rule = try configuration.requests.read(json, into: &visit.pointee)
      if rule == nil && !configuration.completion.admits(visit.pointee) { rule = .notAIAgent }
      if let rule { delivery.count(.leftOut(rule)) }
      return rule
    } catch {
      throw delivery.refuse(error)
    }
  }

  /// Tries at once what waits for a retry, and waits until every event accepted before the call is answered for. Returns how
  /// many are not when the time is up. Fails with `closed`, and with `invalidArgument` for a negative time.
  @export(interface)
  @discardableResult
  public func flush(timeoutMilliseconds: Int) throws(Failure) -> Int {
    try leftover(ofFlush: timeoutMilliseconds).count
  }

  @export(interface)
  public func leftover(ofFlush timeoutMilliseconds: Int) throws(Failure) -> Leftover {
    try delivery.flush(until: Client.deadline(checking: timeoutMilliseconds))
  }

  /// Takes no more events, flushes until the time is up, drops what is left and ends the thread. Returns how many events were
  /// not delivered because of it.
  @export(interface)
  @discardableResult
  public func close(timeoutMilliseconds: Int) -> Int { leftover(ofClose: timeoutMilliseconds).count }

  func leftover(ofClose timeoutMilliseconds: Int) -> Leftover { delivery.close(until: Client.deadline(timeoutMilliseconds)) }

  public var statistics: Statistics {
    @export(interface) get { delivery.statistics }
  }

  /// Whether the endpoint's last answer says that nothing can get through before somebody mends the configuration (401, 403, 404,
  /// 407, a redirect). Events are kept and tried again all the same.
  public var isMisconfigured: Bool {
    @export(interface) get { delivery.isMisconfigured }
  }

  /// Takes the oldest delivery report, waiting for one until the time is up. Nil when there is none; fails as
  /// `flush` does.
  public func poll(timeoutMilliseconds: Int) throws(Failure) -> Report? {
    guard let report = try pollPointer(timeoutMilliseconds: timeoutMilliseconds) else { return nil }
    let taken = report.move()
    free(report)
    return taken
  }

  /// The same, in memory that `CMemory.free` takes back.
  @export(interface)
  public func pollPointer(timeoutMilliseconds: Int) throws(Failure) -> UnsafeMutablePointer<Report>? {
    try delivery.poll(until: Client.deadline(checking: timeoutMilliseconds))
  }

  /// A descriptor that is readable while there are reports; the client's own. -1 when none are kept.
  public var reportDescriptor: Int32 {
    @export(interface) get { delivery.openReportDescriptor() }
  }

  /// While the process ends: waits for what is pending, for as long as the option `exit_timeout_ms` says from `start` on.
  func deliverAtExit(from start: Int64) {
    // What a forked child has not touched is its parent's.
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
