// SPDX-License-Identifier: Apache-2.0

/// What each option means, for the tool's help and the documented table. The library itself does not need these texts: apart from the
/// table, they are left out of it.
package enum OptionMeaning {
  /// An option without a meaning does not compile.
  package static func text(_ option: Option) -> StaticString {
    switch option {
    case .apiKey: "API key, sent as the header x-api-key"
    case .apiKeyFile: "file that holds the API key, in place of api_key"
    case .bearerToken: "token, sent as Authorization: Bearer"
    case .sessionToken: "session, sent as the cookie better-auth.session_token"
    case .organizationId: "sent as X-Tpc-Organization-Id"
    case .organizationSlug: "sent as X-Tpc-Organization-Slug"
    case .productId: "sent as X-Tpc-Product-Id"
    case .productSlug: "sent as X-Tpc-Product-Slug"
    case .environment: "server: https://app.promptingco.com, http://localhost:3000 or http://app.localhost:3000"
    case .baseURL: "server to use instead of environment's; a path before /api is kept"
    case .queueMaxBytes: "maximum bytes of pending events"
    case .queueMaxEvents: "maximum number of pending events"
    case .maxInFlight: "HTTP/2: requests at once, on one connection"
    case .maxConnections: "HTTP/1.1: connections, each with one request at once"
    case .connectTimeout: "limit for making a connection, including TLS"
    case .requestTimeout: "limit for one request, including connecting"
    case .deliveryTimeout: "time from track until the event is given up"
    case .retryInitial: "delay before the first retry, doubled for each further one"
    case .retryMax: "longest delay between retries"
    case .maxEventBytes: "maximum bytes of one event's JSON"
    case .reportCapacity: "delivery reports kept until polled; 0: counters only"
    case .spoolDirectory: "folder where accepted events are kept on disk until they are answered for; empty: in memory only"
    case .spoolMaxBytes: "maximum bytes of this client's files there, in steps of 1 MiB"
    case .spoolMaxAge: "time until an event in the spool is given up, in place of delivery_timeout_ms"
    case .spoolSync:
      "what survives a power loss: what the system wrote by itself, all but the last second, or whatever track accepted"
    case .spoolSender: "who sends: each process its own events, one process for all of the folder, or tpc-events spool drain"
    case .trustedProxies: "proxies whose Forwarded and X-Forwarded headers count: addresses, networks such as 10.0.0.0/8, private"
    case .clientIPHeader:
      "trusted proxies' header for the visitor's address: CF-Connecting-IP, True-Client-IP, X-Real-IP, Fly-Client-IP"
    case .includePaths: "track only web requests for these paths, whatever their type; * matches any characters"
    case .excludePaths: "do not track web requests for these paths, such as /admin/*"
    case .pageTypes: "content types of responses that are pages"
    case .trackErrors: "whether requests answered with 404, 410 or 5xx are tracked: not at all, AI agents' only, or all"
    case .onlyAIAgents: "whether only the visits of AI agents are sent"
    case .labelAIAgents:
      "whether AI agents get the properties aiAgent, aiOperator, aiPurpose; always with ai_ranges_dir and ai_keys_dir"
    case .onlyAI: "whether only the visits of AI agents, and of people from AI answers, are sent"
    case .labelAIAnswers: "whether people from AI answers get the properties aiAnswer, aiAnswerOperator, aiAnswerEvidence"
    case .aiAgentsFile: "JSON file of AI agents that are added to the library's, or replace them"
    case .aiRangesFolder: "folder of files with agents' networks: labeled agents get the properties aiVerified, aiVerifiedBy"
    case .aiRangesMaxAge: "age at which such a file no longer counts"
    case .aiKeysFolder: "folder of files with agents' public keys, which verify signed requests: host.json, as chatgpt.com.json"
    case .sampleRate: "share of visitors whose events are sent, by hash of sessionId or anonymousId"
    case .clientIP: "request.clientIp: unchanged, cut to its network (/24, /48), or left out"
    case .anonymousID:
      "anonymousId of a person's visits without one: none, or an id for each visitor and day, from address and user agent"
    case .privacySignals: "people who send Sec-GPC or DNT: as anyone, without address and ids, or not at all"
    case .eventID: "eventId of a web request: a new one, or one made of x-request-id or traceparent"
    case .redactQuery: "URL parameters whose values become REDACTED"
    case .caFile: "file of trusted certificates (PEM), in place of the system's"
    case .proxy: "proxy's URL, http:// or https://; may contain user and password"
    case .allowInsecureHTTP: "whether http:// may leave this machine"
    case .logLevel: "what is logged"
    case .logDescriptor: "descriptor that log lines are written to; -1: kept for tpc_log_take"
    case .enabled: "false: track accepts every event and does nothing"
    case .dryRun: "true: everything but the network"
    case .name: "name of a shared client (one per process and name)"
    case .exitTimeout: "how long the process's exit waits for pending events"
    case .sdkName: "sdk.name for events without an sdk object"
    case .sdkVersion: "sdk.version for these events; empty: the library's"
    case .sdkRuntime: "sdk.runtime for these events"
    }
  }
}
