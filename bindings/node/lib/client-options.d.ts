// SPDX-License-Identifier: Apache-2.0

// From the library's own table of options. Tests/bindings/node/option_types.py writes this file anew.

/** The library's options. Those that are not given are read from the environment: apiKey from TPC_API_KEY. */
export interface LibraryOptions {
  /** API key, sent as the header x-api-key. */
  apiKey?: string;
  /** File that holds the API key, in place of apiKey. */
  apiKeyFile?: string;
  /** Token, sent as Authorization: Bearer. */
  bearerToken?: string;
  /** Session, sent as the cookie better-auth.session_token. */
  sessionToken?: string;
  /** Sent as X-Tpc-Organization-Id. */
  organizationId?: string;
  /** Sent as X-Tpc-Organization-Slug. */
  organizationSlug?: string;
  /** Sent as X-Tpc-Product-Id. */
  productId?: string;
  /** Sent as X-Tpc-Product-Slug. */
  productSlug?: string;
  /** Server: https://app.promptingco.com, http://localhost:3000 or http://app.localhost:3000. Default: production. */
  environment?: 'production' | 'local' | 'dev';
  /** Server to use instead of environment's; a path before /api is kept. */
  baseUrl?: string;
  /** Maximum bytes of pending events. Default: 16777216. */
  queueMaxBytes?: number;
  /** Maximum number of pending events. Default: 10000. */
  queueMaxEvents?: number;
  /** HTTP/2: requests at once, on one connection. Default: 100. */
  maxInFlight?: number;
  /** HTTP/1.1: connections, each with one request at once. Default: 8. */
  maxConnections?: number;
  /** Limit for making a connection, including TLS. Default: 3000. */
  connectTimeoutMs?: number;
  /** Limit for one request, including connecting. Default: 10000. */
  requestTimeoutMs?: number;
  /** Time from track until the event is given up. Default: 300000. */
  deliveryTimeoutMs?: number;
  /** Delay before the first retry, doubled for each further one. Default: 500. */
  retryInitialMs?: number;
  /** Longest delay between retries. Default: 30000. */
  retryMaxMs?: number;
  /** Maximum bytes of one event's JSON. Default: 32768. */
  maxEventBytes?: number;
  /** Delivery reports kept until polled; 0: counters only. Default: 0. */
  reportCapacity?: number;
  /** Folder where accepted events are kept on disk until they are answered for; empty: in memory only. */
  spoolDirectory?: string;
  /** Maximum bytes of this client's files there, in steps of 1 MiB. Default: 268435456. */
  spoolMaxBytes?: number;
  /** Time until an event in the spool is given up, in place of deliveryTimeoutMs. Default: 86400000. */
  spoolMaxAgeMs?: number;
  /**
   * What survives a power loss: what the system wrote by itself, all but the last second, or whatever track accepted. Default:
   * none.
   */
  spoolSync?: 'none' | 'interval' | 'always';
  /** Who sends: each process its own events, one process for all of the folder, or tpc-events spool drain. Default: self. */
  spoolSender?: 'self' | 'shared' | 'never';
  /** Proxies whose Forwarded and X-Forwarded headers count: addresses, networks such as 10.0.0.0/8, private. */
  trustedProxies?: string | readonly string[];
  /** Trusted proxies' header for the visitor's address: CF-Connecting-IP, True-Client-IP, X-Real-IP, Fly-Client-IP. */
  clientIpHeader?: 'CF-Connecting-IP' | 'True-Client-IP' | 'X-Real-IP' | 'Fly-Client-IP' | (string & {});
  /** Track only web requests for these paths, whatever their type; * matches any characters. */
  includePaths?: string | readonly string[];
  /** Do not track web requests for these paths, such as /admin/*. */
  excludePaths?: string | readonly string[];
  /**
   * Content types of responses that are pages. Default:
   * text/html,application/xhtml+xml,text/plain,text/markdown,application/pdf.
   */
  pageTypes?: string | readonly string[];
  /** Whether requests answered with 404, 410 or 5xx are tracked: not at all, AI agents' only, or all. Default: none. */
  trackErrors?: 'none' | 'ai' | 'all';
  /** Whether only the visits of AI agents are sent. Default: false. */
  onlyAiAgents?: boolean;
  /**
   * Whether AI agents get the properties aiAgent, aiOperator, aiPurpose; always with aiRangesDir and aiKeysDir. Default: false.
   */
  labelAiAgents?: boolean;
  /** Whether only the visits of AI agents, and of people from AI answers, are sent. Default: false. */
  onlyAi?: boolean;
  /** Whether people from AI answers get the properties aiAnswer, aiAnswerOperator, aiAnswerEvidence. Default: false. */
  labelAiAnswers?: boolean;
  /** JSON file of AI agents that are added to the library's, or replace them. */
  aiAgentsFile?: string;
  /** Folder of files with agents' networks: labeled agents get the properties aiVerified, aiVerifiedBy. */
  aiRangesDir?: string;
  /** Age at which such a file no longer counts. Default: 30. */
  aiRangesMaxAgeDays?: number;
  /** Folder of files with agents' public keys, which verify signed requests: host.json, as chatgpt.com.json. */
  aiKeysDir?: string;
  /** Share of visitors whose events are sent, by hash of sessionId or anonymousId. Default: 1. */
  sampleRate?: number;
  /** Request.clientIp: unchanged, cut to its network (/24, /48), or left out. Default: full. */
  clientIp?: 'full' | 'truncate' | 'omit';
  /**
   * AnonymousId of a person's visits without one: none, or an id for each visitor and day, from address and user agent. Default:
   * none.
   */
  anonymousId?: 'none' | 'daily';
  /** People who send Sec-GPC or DNT: as anyone, without address and ids, or not at all. Default: ignore. */
  privacySignals?: 'ignore' | 'minimal' | 'leave_out';
  /** EventId of a web request: a new one, or one made of x-request-id or traceparent. Default: random. */
  eventId?: 'random' | 'request';
  /** URL parameters whose values become REDACTED. */
  redactQuery?: string | readonly string[];
  /** File of trusted certificates (PEM), in place of the system's. */
  caFile?: string;
  /** Proxy's URL, http:// or https://; may contain user and password. */
  proxy?: string;
  /** Whether http:// may leave this machine. Default: false. */
  allowInsecureHttp?: boolean;
  /** What is logged. Default: warn. */
  logLevel?: 'off' | 'error' | 'warn' | 'info' | 'debug';
  /** Descriptor that log lines are written to; -1: kept for tpc_log_take. Default: -1, which is logger. */
  logDescriptor?: number;
  /** False: track accepts every event and does nothing. Default: true. */
  enabled?: boolean;
  /** True: everything but the network. Default: false. */
  dryRun?: boolean;
  /** Name of a shared client (one per process and name). */
  name?: string;
  /** How long the process's exit waits for pending events. Default: 2000. */
  exitTimeoutMs?: number;
  /** Sdk.name for events without an sdk object. Default: tpc-events. */
  sdkName?: string;
  /** Sdk.version for these events; empty: the library's. Default: the package's. */
  sdkVersion?: string;
  /** Sdk.runtime for these events. Default: node/20 or similar. */
  sdkRuntime?: string;
}
