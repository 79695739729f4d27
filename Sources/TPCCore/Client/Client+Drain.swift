// SPDX-License-Identifier: Apache-2.0

/// Sending what lies in a spool, for a tool: such a client takes no events of its own, and reports on those that it takes over.
extension Client {
  /// A client for what lies in `spool_directory`: in the folder of this endpoint and account, or in another one, whose events are then
  /// sent to this one. Fails as `init(_:)` does, and with `invalidOption` without `spool_directory`. Starts no thread.
  @export(interface)
  package convenience init(draining folder: UInt64?, _ options: Options) throws(Failure) {
    options.unread.log(to: options.log)
    var configuration = try Configuration(options)
    guard let own = configuration.spoolDestination else {
      throw Client.noSpool
    }
    guard Transport.isReady else { throw Failure(.system, "libcurl could not be set up") }
    configuration.spoolDestination = folder ?? own
    configuration.spool.drains = true
    configuration.delivery.reportsAdopted = true
    self.init(configuration)
  }

  /// A client for another folder, whose events are sent as this one's are.
  @export(interface)
  package convenience init(draining folder: UInt64, as other: Client) {
    var configuration = other.configuration
    configuration.spoolDestination = folder
    self.init(configuration)
  }

  /// A client that only writes into `spool_directory`: it sends nothing, and refuses an event that the disk does not take. Fails as
  /// `init(_:)` does, and with `invalidOption` without `spool_directory`.
  @export(interface)
  package convenience init(spooling options: Options) throws(Failure) {
    options.unread.log(to: options.log)
    var configuration = try Configuration(options)
    guard configuration.spoolDestination != nil else { throw Client.noSpool }
    configuration.spool.sender = .never
    configuration.spool.isRequired = true
    self.init(configuration)
  }

  private static var noSpool: Failure {
    Failure(.invalidOption, field: "spool_directory", "is not set, or dry_run or enabled=false turns it off; expected the folder with the events")
  }

  /// The folder's number; its name is these 16 hexadecimal digits. Nil without a spool.
  @export(interface)
  package var spoolFolder: UInt64? { configuration.spoolDestination }

  /// Begins to send. Returns why the folder cannot be used, if so. Fails with `system` without a thread.
  @export(interface)
  package func drain() throws(Failure) -> StaticString? {
    guard let delivery = ownDelivery, let spool = delivery.spool else { return "is not set" }
    if let flaw = spool.openForDraining() { return flaw }
    try delivery.startDraining()
    return nil
  }

  /// Takes over no more events; those that were taken over are still sent.
  @export(interface)
  package func stopTakingOver() {
    guard let delivery = ownDelivery else { return }
    delivery.mutex.lock()
    delivery.state.settings.maximumBytes = 0
    delivery.mutex.unlock()
  }

  /// With `spool_sync=interval`: writes what this client wrote to the disk itself. Where nothing is sent, nobody else does.
  @export(interface)
  package func syncSpool() { _ = ownDelivery?.spool?.syncNow(Clock.monotonic()) }

  /// Whether everything that could be taken over has been sent: what is left belongs to processes that run.
  @export(interface)
  package var isDrained: Bool {
    guard let delivery = ownDelivery, let spool = delivery.spool else { return true }
    return delivery.statistics.pending == 0 && spool.isIdle
  }
}

extension Delivery {
  fileprivate func startDraining() throws(Failure) {
    mutex.lock()
    defer { mutex.unlock() }
    if life.isIdle { try startThread() }
  }
}

extension Spool where Disk: ~Copyable {
  fileprivate func openForDraining() -> StaticString? {
    mutex.lock()
    defer { mutex.unlock() }
    if let flaw = disk.prepare() { return flaw }
    isPrepared = true
    share.nextLook = 0
    return nil
  }

  /// Whether there was nothing to do for two looks in a row.
  fileprivate var isIdle: Bool {
    mutex.lock()
    defer { mutex.unlock() }
    return share.idleLooks >= 2
  }
}
