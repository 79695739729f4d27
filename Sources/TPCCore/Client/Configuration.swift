// SPDX-License-Identifier: Apache-2.0

/// A client's options, checked against one another and converted to the form in which they are used.
struct Configuration {
  let endpoint: Endpoint
  let delivery: DeliverySettings
  let transport: TransportSettings
  let completion: CompletionSettings
  let requests: RequestRules
  let log: Log
  let isEnabled: Bool
  let isDryRun: Bool
  /// As they were given: what `ClientTable.shared` compares.
  let options: Options

  let exitTimeoutMilliseconds: Int64

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
    guard sends else { return }
    if !resolved.isSet(.apiKey) && !resolved.isSet(.bearerToken) && !resolved.isSet(.sessionToken) {
      throw Failure(
        .invalidOption, field: "api_key",
        "no credential is set; expected api_key (TPC_API_KEY), bearer_token (TPC_BEARER_TOKEN) or session_token (TPC_SESSION_TOKEN)"
      )
    }
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
