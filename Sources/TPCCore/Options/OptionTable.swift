// SPDX-License-Identifier: Apache-2.0

/// All options. `OptionTable` has the details of each.
package enum Option: Int, CaseIterable, Sendable {
  case apiKey, apiKeyFile, bearerToken, sessionToken
  case organizationId, organizationSlug, productId, productSlug
  case environment, baseURL
  case queueMaxBytes, queueMaxEvents
  case maxInFlight, maxConnections
  case connectTimeout, requestTimeout, deliveryTimeout
  case retryInitial, retryMax
  case maxEventBytes, reportCapacity
  case spoolDirectory, spoolMaxBytes, spoolMaxAge, spoolSync, spoolSender
  case trustedProxies, clientIPHeader, includePaths, excludePaths, pageTypes, trackErrors
  case onlyAIAgents, labelAIAgents, onlyAI, labelAIAnswers, aiAgentsFile, aiRangesFolder, aiRangesMaxAge, aiKeysFolder
  case sampleRate, clientIP, anonymousID, privacySignals, eventID, redactQuery
  case caFile, proxy, allowInsecureHTTP
  case logLevel, logDescriptor
  case enabled, dryRun, name, exitTimeout
  case sdkName, sdkVersion, sdkRuntime

  /// The number of options, from the last of them: `allCases` would build an array.
  package static let count = Option.sdkRuntime.rawValue + 1
}

/// The values that an option accepts.
package enum OptionKind: Sendable {
  /// Text without control characters, up to `Options.maximumBytes`.
  case text
  /// Text that is never shown.
  case secret
  /// A secret that is sent as a cookie.
  case cookie
  /// A whole number in a range.
  case integer(ClosedRange<Int64>)
  /// A number from 0 to 1.
  case ratio
  /// true, false, 1, 0, yes, no, on or off.
  case boolean
  /// One of several words, given here separated by "|".
  case choice(StaticString)
}

/// One row of the table, the only place that defines an option's name, type, default and range. `tpc_options_set`, the environment, the
/// tool's flags and help, and the documented table of options are derived from it, and from `OptionMeaning`.
package struct OptionRow: Sendable {
  package let name: StaticString
  package let kind: OptionKind
  /// The default as text; empty if there is none.
  package let standard: StaticString
  /// The environment variable, if the company has its own name for it; otherwise empty.
  package let variable: StaticString
  /// A further variable of the company's, which counts when no other is set; empty if there is none.
  package let otherVariable: StaticString
}

package enum OptionTable {
  /// The name of the option at an index from 0; nil for an index past the last one.
  @export(interface)
  package static func name(at index: Int) -> StaticString? { Option(rawValue: index).map { row($0).name } }

  /// The option's row. An option without a row does not compile.
  package static func row(_ option: Option) -> OptionRow {
    switch option {
    // The account and the server.
    case .apiKey: OptionRow("api_key", .secret, "", "TPC_API_KEY", also: "TPC_ORGANIZATION_API_KEY")
    case .apiKeyFile: OptionRow("api_key_file", .text, "")
    case .bearerToken: OptionRow("bearer_token", .secret, "", "TPC_BEARER_TOKEN")
    case .sessionToken: OptionRow("session_token", .cookie, "", "TPC_SESSION_TOKEN")
    case .organizationId: OptionRow("organization_id", .text, "", "TPC_ORGANIZATION_ID")
    case .organizationSlug: OptionRow("organization_slug", .text, "", "TPC_ORGANIZATION_SLUG", also: "TPC_ORG_SLUG")
    case .productId: OptionRow("product_id", .text, "", "TPC_PRODUCT_ID")
    case .productSlug: OptionRow("product_slug", .text, "", "TPC_PRODUCT_SLUG")
    case .environment: OptionRow("environment", .choice("production|local|dev"), "production", "TPC_ENVIRONMENT")
    case .baseURL: OptionRow("base_url", .text, "", "THE_PROMPTING_COMPANY_BASE_URL", also: "TPC_API_URL")

    // Delivery.
    case .queueMaxBytes: OptionRow("queue_max_bytes", .integer(1024...1 << 40), "16777216")
    case .queueMaxEvents: OptionRow("queue_max_events", .integer(1...100_000_000), "10000")
    case .maxInFlight: OptionRow("max_in_flight", .integer(1...1000), "100")
    case .maxConnections: OptionRow("max_connections", .integer(1...100), "8")
    case .connectTimeout: OptionRow("connect_timeout_ms", .integer(1...600_000), "3000")
    case .requestTimeout: OptionRow("request_timeout_ms", .integer(1...600_000), "10000")
    case .deliveryTimeout: OptionRow("delivery_timeout_ms", .integer(1...604_800_000), "300000")
    case .retryInitial: OptionRow("retry_initial_ms", .integer(1...600_000), "500")
    case .retryMax: OptionRow("retry_max_ms", .integer(1...600_000), "30000")
    case .maxEventBytes: OptionRow("max_event_bytes", .integer(1024...1_048_576), "32768")
    case .reportCapacity: OptionRow("report_capacity", .integer(0...10_000_000), "0")

    // What survives the process.
    case .spoolDirectory: OptionRow("spool_directory", .text, "")
    case .spoolMaxBytes: OptionRow("spool_max_bytes", .integer(1_048_576...1 << 40), "268435456")
    case .spoolMaxAge: OptionRow("spool_max_age_ms", .integer(1000...604_800_000), "86400000")
    case .spoolSync: OptionRow("spool_sync", .choice("none|interval|always"), "none")
    case .spoolSender: OptionRow("spool_sender", .choice("self|shared|never"), "self")

    // Web requests.
    case .trustedProxies: OptionRow("trusted_proxies", .text, "")
    case .clientIPHeader: OptionRow("client_ip_header", .text, "")
    case .includePaths: OptionRow("include_paths", .text, "")
    case .excludePaths: OptionRow("exclude_paths", .text, "")
    case .pageTypes: OptionRow("page_types", .text, "text/html,application/xhtml+xml,text/plain,text/markdown,application/pdf")
    case .trackErrors: OptionRow("track_errors", .choice("none|ai|all"), "none")
    case .onlyAIAgents: OptionRow("only_ai_agents", .boolean, "false")
    case .labelAIAgents: OptionRow("label_ai_agents", .boolean, "false")
    case .onlyAI: OptionRow("only_ai", .boolean, "false")
    case .labelAIAnswers: OptionRow("label_ai_answers", .boolean, "false")
    case .aiAgentsFile: OptionRow("ai_agents_file", .text, "")
    case .aiRangesFolder: OptionRow("ai_ranges_dir", .text, "")
    case .aiRangesMaxAge: OptionRow("ai_ranges_max_age_days", .integer(1...3650), "30")
    case .aiKeysFolder: OptionRow("ai_keys_dir", .text, "")

    // Which events are sent, and what they say about visitors.
    case .sampleRate: OptionRow("sample_rate", .ratio, "1")
    case .clientIP: OptionRow("client_ip", .choice("full|truncate|omit"), "full")
    case .anonymousID: OptionRow("anonymous_id", .choice("none|daily"), "none")
    case .privacySignals: OptionRow("privacy_signals", .choice("ignore|minimal|leave_out"), "ignore")
    case .eventID: OptionRow("event_id", .choice("random|request"), "random")
    case .redactQuery:
      OptionRow(
        "redact_query", .text,
        """
        access_token,api_key,auth,auth_token,authenticity_token,authorization,client_secret,code,code_verifier,\
        confirmation_token,csrf_token,csrfmiddlewaretoken,current_password,id_token,id_token_hint,invitation_token,\
        jsessionid,jwt,new_password,oauth_token,old_password,otp,passwd,password,password_confirmation,phpsessid,\
        private_key,pwd,refresh_token,reset_password_token,reset_token,samlresponse,secret,secret_key,session,\
        session_id,session_token,sid,sig,signature,ticket,token,verification_token,x_amz_security_token,\
        x_amz_signature,x_goog_signature,xsrf_token
        """)

    // The network.
    case .caFile: OptionRow("ca_file", .text, "")
    case .proxy: OptionRow("proxy", .secret, "")
    case .allowInsecureHTTP: OptionRow("allow_insecure_http", .boolean, "false")

    // The client in its process.
    case .logLevel: OptionRow("log_level", .choice("off|error|warn|info|debug"), "warn", "THE_PROMPTING_COMPANY_LOG")
    case .logDescriptor: OptionRow("log_descriptor", .integer(-1...65535), "2")
    case .enabled: OptionRow("enabled", .boolean, "true")
    case .dryRun: OptionRow("dry_run", .boolean, "false")
    case .name: OptionRow("name", .text, "")
    case .exitTimeout: OptionRow("exit_timeout_ms", .integer(0...600_000), "0")
    case .sdkName: OptionRow("sdk_name", .text, "libtpc")
    case .sdkVersion: OptionRow("sdk_version", .text, "")
    case .sdkRuntime: OptionRow("sdk_runtime", .text, "c")
    }
  }
}

extension OptionRow {
  fileprivate init(
    _ name: StaticString, _ kind: OptionKind, _ standard: StaticString, _ variable: StaticString = "", also otherVariable: StaticString = ""
  ) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.variable = variable
    self.otherVariable = otherVariable
  }

  package var isSecret: Bool {
    if case .secret = kind { return true }
    return isCookie
  }

  var isCookie: Bool {
    if case .cookie = kind { return true }
    return false
  }
}
