// SPDX-License-Identifier: Apache-2.0

/// A client's options, checked against one another and converted to the form in which they are used.
struct Configuration {
  let endpoint: Endpoint
  var delivery: DeliverySettings
  let transport: TransportSettings
  let completion: CompletionSettings
  let requests: RequestRules
  let log: Log
  let isEnabled: Bool
  let isDryRun: Bool
  /// As they were given: what `ClientTable.shared` compares.
  let options: Options

  let exitTimeoutMilliseconds: Int64
  /// The number of the folder in `spool_directory` for this endpoint and account; nil without a spool.
  var spoolDestination: UInt64?
  var spool: SpoolSettings

  /// Whether anything is sent at all.
  var sends: Bool { isEnabled && !isDryRun }

  init(_ options: Options) throws(Failure) {
    isEnabled = options.boolean(.enabled)
    isDryRun = options.boolean(.dryRun)
    self.options = options
    log = options.log
    endpoint = try Endpoint(options)
    delivery = DeliverySettings(options)
    if options.isSet(.aiKeysFolder) {
      try LibCrypto.require(LibCrypto.hasEd25519, for: "ai_keys_dir")
      // It is set up with libcurl, and used inside the gate that forks and exits close.
      guard Transport.isReady else { throw Failure(.system, "libcurl could not be set up") }
    }
    // Where nothing is sent, the secret may not be mounted.
    let resolved = isEnabled && !isDryRun ? try KeyFile.resolve(options) : options
    completion = try CompletionSettings(resolved)
    requests = try RequestRules(options, completion, hasLocalEndpoint: endpoint.isLocal)
    exitTimeoutMilliseconds = options.integer(.exitTimeout)
    transport = try TransportSettings(resolved, endpoint)
    let directory = options.text(.spoolDirectory)
    guard directory.isEmpty || directory[0] == UInt8(ascii: "/") else {
      throw Failure(.invalidOption, field: "spool_directory", "found a relative path; expected one that begins with /")
    }
    spool = SpoolSettings(options)
    spoolDestination = isEnabled && !isDryRun && !directory.isEmpty ? SpoolDestination.number(resolved, server: endpoint.url) : nil
    guard sends else { return }
    if !resolved.isSet(.apiKey) && !resolved.isSet(.bearerToken) && !resolved.isSet(.sessionToken) {
      throw Failure(
        .invalidOption, field: "api_key",
        "no credential is set; expected api_key (TPC_API_KEY), bearer_token (TPC_BEARER_TOKEN) or session_token (TPC_SESSION_TOKEN)"
      )
    }
  }
}

extension Configuration {
  /// A spool for one process; nil without `spool_directory`. Opens nothing yet.
  @inline(never)
  func makeSpool() -> Spool<FolderDisk>? {
    guard let spoolDestination else { return nil }
    return Spool(spool, FolderDisk(options.text(.spoolDirectory), destination: spoolDestination), log, random: Random())
  }
}

extension Options {
  /// Where the client logs. Called on the host's thread, before a line is written.
  var log: Log {
    @inline(never) get {
      let descriptor = Int32(truncatingIfNeeded: integer(.logDescriptor))
      if descriptor < 0 { KeptLines.prepare() }
      return Log(level: Log.Level(rawValue: choice(.logLevel)) ?? .warn, descriptor: descriptor)
    }
  }

  /// Checks what making a client would check, without making one: the values in combination, the credential, and the
  /// files that they name. Fails with `invalidOption`.
  @export(interface)
  package func validate() throws(Failure) { _ = try Configuration(self) }
}
