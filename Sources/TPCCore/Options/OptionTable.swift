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

/// One row of the table, the only place that defines an option's name, type, default, range and meaning.
/// `tpc_options_set`, the environment, the tool's flags and help, and the documented table of options are derived from
/// it.
package struct OptionRow: Sendable {
  package let name: StaticString
  package let kind: OptionKind
  /// The default as text; empty if there is none.
  package let standard: StaticString
  package let meaning: StaticString
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
    case .apiKey:
      OptionRow("api_key", .secret, "", "API key, sent as the header x-api-key", "TPC_API_KEY", also: "TPC_ORGANIZATION_API_KEY")
    case .apiKeyFile: OptionRow("api_key_file", .text, "", "file that holds the API key, in place of api_key")
    case .bearerToken:
      OptionRow("bearer_token", .secret, "", "token, sent as Authorization: Bearer", "TPC_BEARER_TOKEN")
    case .sessionToken:
      OptionRow(
        "session_token", .cookie, "", "session, sent as the cookie better-auth.session_token", "TPC_SESSION_TOKEN")
    case .organizationId:
      OptionRow("organization_id", .text, "", "sent as X-Tpc-Organization-Id", "TPC_ORGANIZATION_ID")
    case .organizationSlug:
      OptionRow("organization_slug", .text, "", "sent as X-Tpc-Organization-Slug", "TPC_ORGANIZATION_SLUG", also: "TPC_ORG_SLUG")
    case .productId: OptionRow("product_id", .text, "", "sent as X-Tpc-Product-Id", "TPC_PRODUCT_ID")
    case .productSlug: OptionRow("product_slug", .text, "", "sent as X-Tpc-Product-Slug", "TPC_PRODUCT_SLUG")
    case .environment:
      OptionRow(
        "environment", .choice("production|local|dev"), "production",
        "server: https://app.promptingco.com, http://localhost:3000 or http://app.localhost:3000", "TPC_ENVIRONMENT")
    case .baseURL:
      OptionRow(
        "base_url", .text, "", "server to use instead of environment's; a path before /api is kept",
        "THE_PROMPTING_COMPANY_BASE_URL", also: "TPC_API_URL")

    // Delivery.
    case .queueMaxBytes:
      OptionRow("queue_max_bytes", .integer(1024...1 << 40), "16777216", "maximum bytes of pending events")
    case .queueMaxEvents:
      OptionRow("queue_max_events", .integer(1...100_000_000), "10000", "maximum number of pending events")
    case .maxInFlight:
      OptionRow("max_in_flight", .integer(1...1000), "100", "HTTP/2: requests at once, on one connection")
    case .maxConnections:
      OptionRow("max_connections", .integer(1...100), "8", "HTTP/1.1: connections, each with one request at once")
    case .connectTimeout:
      OptionRow("connect_timeout_ms", .integer(1...600_000), "3000", "limit for making a connection, including TLS")
    case .requestTimeout:
      OptionRow("request_timeout_ms", .integer(1...600_000), "10000", "limit for one request, including connecting")
    case .deliveryTimeout:
      OptionRow("delivery_timeout_ms", .integer(1...604_800_000), "300000", "time from track until the event is given up")
    case .retryInitial:
      OptionRow("retry_initial_ms", .integer(1...600_000), "500", "delay before the first retry, doubled for each further one")
    case .retryMax: OptionRow("retry_max_ms", .integer(1...600_000), "30000", "longest delay between retries")
    case .maxEventBytes:
      OptionRow("max_event_bytes", .integer(1024...1_048_576), "32768", "maximum bytes of one event's JSON")
    case .reportCapacity:
      OptionRow("report_capacity", .integer(0...10_000_000), "0", "delivery reports kept until polled; 0: counters only")

    // What survives the process.
    case .spoolDirectory:
      OptionRow("spool_directory", .text, "", "folder where accepted events are kept on disk until they are answered for; empty: in memory only")
    case .spoolMaxBytes:
      OptionRow("spool_max_bytes", .integer(1_048_576...1 << 40), "268435456", "maximum bytes of this client's files there, in steps of 1 MiB")
    case .spoolMaxAge:
      OptionRow("spool_max_age_ms", .integer(1000...604_800_000), "86400000", "time until an event in the spool is given up, in place of delivery_timeout_ms")
    case .spoolSync:
      OptionRow(
        "spool_sync", .choice("none|interval|always"), "none",
        "what survives a power loss: what the system wrote by itself, all but the last second, or whatever track accepted")
    case .spoolSender:
      OptionRow(
        "spool_sender", .choice("self|shared|never"), "self",
        "who sends: each process its own events, one process for all of the folder, or tpc-events spool drain")

    // Web requests.
    case .trustedProxies:
      OptionRow(
        "trusted_proxies", .text, "",
        "proxies whose Forwarded and X-Forwarded headers count: addresses, networks such as 10.0.0.0/8, private")
    case .clientIPHeader:
      OptionRow(
        "client_ip_header", .text, "",
        "trusted proxies' header for the visitor's address: CF-Connecting-IP, True-Client-IP, X-Real-IP, Fly-Client-IP")
    case .includePaths:
      OptionRow(
        "include_paths", .text, "", "track only web requests for these paths, whatever their type; * matches any characters")
    case .excludePaths:
      OptionRow("exclude_paths", .text, "", "do not track web requests for these paths, such as /admin/*")
    case .pageTypes:
      OptionRow(
        "page_types", .text, "text/html,application/xhtml+xml,text/plain,text/markdown,application/pdf",
        "content types of responses that are pages")
    case .trackErrors:
      OptionRow(
        "track_errors", .choice("none|ai|all"), "none",
        "whether requests answered with 404, 410 or 5xx are tracked: not at all, AI agents' only, or all")
    case .onlyAIAgents: OptionRow("only_ai_agents", .boolean, "false", "whether only the visits of AI agents are sent")
    case .labelAIAgents:
      OptionRow("label_ai_agents", .boolean, "false", "whether AI agents get the properties aiAgent, aiOperator, aiPurpose; always with ai_ranges_dir and ai_keys_dir")
    case .onlyAI:
      OptionRow("only_ai", .boolean, "false", "whether only the visits of AI agents, and of people from AI answers, are sent")
    case .labelAIAnswers:
      OptionRow(
        "label_ai_answers", .boolean, "false",
        "whether people from AI answers get the properties aiAnswer, aiAnswerOperator, aiAnswerEvidence")
    case .aiAgentsFile:
      OptionRow("ai_agents_file", .text, "", "JSON file of AI agents that are added to the library's, or replace them")
    case .aiRangesFolder:
      OptionRow(
        "ai_ranges_dir", .text, "",
        "folder of files with agents' networks: labeled agents get the properties aiVerified, aiVerifiedBy")
    case .aiRangesMaxAge:
      OptionRow("ai_ranges_max_age_days", .integer(1...3650), "30", "age at which such a file no longer counts")
    case .aiKeysFolder:
      OptionRow(
        "ai_keys_dir", .text, "", "folder of files with agents' public keys, which verify signed requests: host.json, as chatgpt.com.json")

    // Which events are sent, and what they say about visitors.
    case .sampleRate:
      OptionRow("sample_rate", .ratio, "1", "share of visitors whose events are sent, by hash of sessionId or anonymousId")
    case .clientIP:
      OptionRow(
        "client_ip", .choice("full|truncate|omit"), "full",
        "request.clientIp: unchanged, cut to its network (/24, /48), or left out")
    case .anonymousID:
      OptionRow(
        "anonymous_id", .choice("none|daily"), "none",
        "anonymousId of a person's visits without one: none, or an id for each visitor and day, from address and user agent")
    case .privacySignals:
      OptionRow(
        "privacy_signals", .choice("ignore|minimal|leave_out"), "ignore",
        "people who send Sec-GPC or DNT: as anyone, without address and ids, or not at all")
    case .eventID:
      OptionRow(
        "event_id", .choice("random|request"), "random",
        "eventId of a web request: a new one, or one made of x-request-id or traceparent")
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
        """,
        "URL parameters whose values become REDACTED")

    // The network.
    case .caFile: OptionRow("ca_file", .text, "", "file of trusted certificates (PEM), in place of the system's")
    case .proxy: OptionRow("proxy", .secret, "", "proxy's URL, http:// or https://; may contain user and password")
    case .allowInsecureHTTP:
      OptionRow("allow_insecure_http", .boolean, "false", "whether http:// may leave this machine")

    // The client in its process.
    case .logLevel:
      OptionRow(
        "log_level", .choice("off|error|warn|info|debug"), "warn", "what is logged", "THE_PROMPTING_COMPANY_LOG")
    case .logDescriptor:
      OptionRow("log_descriptor", .integer(-1...65535), "2", "descriptor that log lines are written to; -1: kept for tpc_log_take")
    case .enabled: OptionRow("enabled", .boolean, "true", "false: track accepts every event and does nothing")
    case .dryRun: OptionRow("dry_run", .boolean, "false", "true: everything but the network")
    case .name: OptionRow("name", .text, "", "name of a shared client (one per process and name)")
    case .exitTimeout:
      OptionRow("exit_timeout_ms", .integer(0...600_000), "0", "how long the process's exit waits for pending events")
    case .sdkName: OptionRow("sdk_name", .text, "libtpc", "sdk.name for events without an sdk object")
    case .sdkVersion: OptionRow("sdk_version", .text, "", "sdk.version for these events; empty: the library's")
    case .sdkRuntime: OptionRow("sdk_runtime", .text, "c", "sdk.runtime for these events")
    }
  }
}

extension OptionRow {
  fileprivate init(
    _ name: StaticString, _ kind: OptionKind, _ standard: StaticString, _ meaning: StaticString,
    _ variable: StaticString = "", also otherVariable: StaticString = ""
  ) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.meaning = meaning
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
