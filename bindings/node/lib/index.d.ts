// SPDX-License-Identifier: Apache-2.0

/** The library's options, which its documentation explains. Those that are not given are read from the environment. */
export interface ClientOptions {
  /** One of the three credentials is required. */
  apiKey?: string;
  /** The file that holds the API key, in place of apiKey. */
  apiKeyFile?: string;
  bearerToken?: string;
  sessionToken?: string;
  organizationId?: string;
  organizationSlug?: string;
  productId?: string;
  productSlug?: string;
  environment?: 'production' | 'local' | 'dev';
  /** The server, in place of the environment's. */
  baseUrl?: string;
  queueMaxBytes?: number;
  queueMaxEvents?: number;
  maxInFlight?: number;
  maxConnections?: number;
  connectTimeoutMs?: number;
  requestTimeoutMs?: number;
  deliveryTimeoutMs?: number;
  retryInitialMs?: number;
  retryMaxMs?: number;
  maxEventBytes?: number;
  /** How many delivery reports are kept until they are taken; 0, the default, keeps none. */
  reportCapacity?: number;
  /** From 0 to 1. */
  sampleRate?: number;
  clientIp?: 'full' | 'truncate' | 'omit';
  /** `daily` fills in anonymousId for people, with an id for each visitor and day. */
  anonymousId?: 'none' | 'daily';
  /** What becomes of the visits of people who send Sec-GPC or DNT. */
  privacySignals?: 'ignore' | 'minimal' | 'leave_out';
  /** Whether a web request's eventId is made of the request's own id. */
  eventId?: 'random' | 'request';
  redactQuery?: string | string[];
  caFile?: string;
  proxy?: string;
  allowInsecureHttp?: boolean;
  logLevel?: 'off' | 'error' | 'warn' | 'info' | 'debug';
  logDescriptor?: number;
  enabled?: boolean;
  dryRun?: boolean;
  /** The name of a shared client. */
  name?: string;
  sdkName?: string;
  sdkVersion?: string;
  sdkRuntime?: string;
  /** How long the end of the process, or of the worker thread, waits for queued events. The default is 2000. */
  exitTimeoutMs?: number;
  /** Addresses or CIDR ranges whose Forwarded and X-Forwarded-… headers are believed, or `private`. */
  trustedProxies?: string | string[];
  /** The header in which a trusted proxy puts the visitor's address. */
  clientIpHeader?: 'CF-Connecting-IP' | 'True-Client-IP' | 'X-Real-IP' | 'Fly-Client-IP' | (string & {});
  /** Content types of responses that are pages. */
  pageTypes?: string | string[];
  /** Whether requests answered with 404, 410 or 5xx are tracked. */
  trackErrors?: 'none' | 'ai' | 'all';
  /** Patterns such as `/blog/*`. */
  includePaths?: string | string[];
  excludePaths?: string | string[];
  onlyAiAgents?: boolean;
  /** Adds the properties aiAgent, aiOperator and aiPurpose. */
  labelAiAgents?: boolean;
  /** Sends only the visits of AI agents, and of people from AI answers. */
  onlyAi?: boolean;
  /** Adds the properties aiAnswer, aiAnswerOperator and aiAnswerEvidence. */
  labelAiAnswers?: boolean;
  /** A JSON file of AI agents that are added to the library's, or replace them. */
  aiAgentsFile?: string;
  /** A folder of files with agents' networks: adds the properties aiVerified and aiVerifiedBy. */
  aiRangesDir?: string;
  /** The age in days at which such a file no longer counts. */
  aiRangesMaxAgeDays?: number;
  /** A folder of files with agents' public keys, which verify signed requests: `chatgpt.com.json`. */
  aiKeysDir?: string;
}

/** One page visit, in the contract's shape. undefined means absent; null is null. Unknown members are passed on. */
export interface PageVisit {
  event?: 'page_visit';
  /** RFC 3339. The default is now. */
  occurredAt?: string | Date;
  /** The default is a new UUIDv7. */
  eventId?: string;
  sessionId?: string | null;
  anonymousId?: string | null;
  page: {
    /** An absolute URL. */
    href: string;
    domain?: string;
    pathname?: string;
    title?: string | null;
    canonicalUrl?: string | null;
    [member: string]: unknown;
  };
  request?: {
    referrer?: string | null;
    userAgent?: string | null;
    clientIp?: string | null;
    method?: string | null;
    [member: string]: unknown;
  };
  sdk?: { name?: string; version?: string; runtime?: string; [member: string]: unknown };
  properties?: Record<string, string | number | bigint | boolean | null | undefined>;
  [member: string]: unknown;
}

/** What an application adds to the event of a request; it takes precedence over what the request says. */
export type VisitAddition = Partial<Omit<PageVisit, 'page'>> & { page?: Partial<PageVisit['page']> };

/** A web request, for trackRequest. */
export interface VisitRequest {
  method: string;
  /** Path and query as the client sent them, or a whole URL. */
  target: string;
  /** Required unless the target is a whole URL. */
  host?: string | null;
  scheme?: 'http' | 'https' | null;
  /** The connection's peer; 'unix:' for a Unix socket. A peer that is not named is a stranger. */
  remoteAddress?: string | null;
  /** The visitor's address, if the server itself found it. */
  clientAddress?: string | null;
  status?: number | null;
  /** The response's Content-Type header. */
  contentType?: string | null;
  headers?: Record<string, string | string[] | null | undefined> | null;
  event?: VisitAddition | null;
}

/** The rule that left a request out. */
export type LeftOut =
  | 'method'
  | 'status'
  | 'destination'
  | 'prefetch'
  | 'content_type'
  | 'asset'
  | 'machine_file'
  | 'path'
  | 'health_check'
  | 'local_host'
  | 'privacy_signal'
  | 'not_ai_agent'
  | 'not_ai';

/** At every moment accepted = delivered + rejected + expired + abandoned + pending. */
export interface Statistics {
  accepted: number;
  delivered: number;
  rejected: number;
  expired: number;
  abandoned: number;
  pending: number;
  refusedInvalid: number;
  refusedTooLarge: number;
  refusedQueueFull: number;
  refusedSystem: number;
  sampledOut: number;
  disabled: number;
  requests: number;
  failedRequests: number;
  retries: number;
  oddResponses: number;
  reportsDropped: number;
  queueBytes: number;
  inFlight: number;
  leftOut: number;
}

/** How one event ended. Texts are '' where there is none. */
export interface Report {
  outcome: 'delivered' | 'rejected' | 'expired' | 'abandoned';
  eventId: string;
  /** The last HTTP status; 0 when no server answered. */
  httpStatus: number;
  /** How many requests carried the event. */
  attempts: number;
  /** What the server said, or `network` and libcurl's description; details are JSON. */
  code: string;
  message: string;
  details: string;
  receivedAt: string;
}

/**
 * Sends page visits in the background. Only flush and close wait, and neither blocks the event loop.
 *
 * Queued events do not keep the process alive, but its end waits for them, for at most exitTimeoutMs.
 */
export class Client {
  /** Throws OptionError. */
  constructor(options?: ClientOptions);
  /**
   * Returns the process's one client of the name in `name`, for all threads. The first call creates it; later calls
   * ignore their other options.
   */
  static shared(options?: ClientOptions): Client;
  /** Queues an event. Throws ValidationError, TooLargeError, QueueFullError or ClosedError. */
  track(event: PageVisit): void;
  /** Queues an event that is JSON already; `event` is required in it. */
  trackJson(text: string): void;
  /** Queues the event of a web request and returns null, or returns the rule that left it out as not a page visit. */
  trackRequest(request: VisitRequest): LeftOut | null;
  /**
   * Waits until every event queued so far has ended, at most `timeoutMs` (5000); events that wait for a retry are
   * tried at once. Resolves to the number of events that are pending.
   */
  flush(timeoutMs?: number): Promise<number>;
  /**
   * Takes no more events and delivers those that are queued, for at most `timeoutMs` (5000). Resolves to the number of
   * events that were not delivered. Later calls return the same promise.
   */
  close(timeoutMs?: number): Promise<number>;
  stats(): Statistics;
  /**
   * Takes the reports as they come in, until the client is closed. Requires a reportCapacity. Waiting for a report keeps
   * the process alive while events are pending.
   */
  reports(): AsyncIterableIterator<Report>;
  /** Takes the reports that are available now. */
  takeReports(): Report[];
}

/** The AI agent that a User-Agent names, such as GPTBot of OpenAI; null when it names none. */
export function aiAgent(userAgent: string): AiAgent | null;

/**
 * Checks what creating a client with these options and the environment would check, without creating one: for a server's test
 * of its configuration. Throws OptionError.
 */
export function validateOptions(options?: ClientOptions): void;

export interface AiAgent {
  name: string;
  operator: string;
  purpose: 'training' | 'search' | 'user' | 'agent';
}

/**
 * The AI service whose answer a person came from, such as ChatGPT of OpenAI: the one that the referrer names, else the
 * one that utm_source in the page's URL names; null when neither names one.
 */
export function aiAnswer(referrer: string | null | undefined, href?: string | null): AiAnswer | null;

export interface AiAnswer {
  name: string;
  operator: string;
  evidence: 'referrer' | 'utm';
}

/** Any failure of this package. */
export class TpcError extends Error {
  /** Such as TPC_ERROR_QUEUE_FULL. */
  readonly code: string;
  /** An option's name, a JSON pointer into the event such as /page/href, or ''. */
  readonly field: string;
  constructor(code: string, field: string, message: string);
}
/** The contract refuses the event, or the text is not JSON. */
export class ValidationError extends TpcError {}
/** An unknown option, or a value that the option does not accept. */
export class OptionError extends TpcError {}
/** A limit is exceeded; the message names it. */
export class TooLargeError extends TpcError {}
/** The queue is full: the event was not queued. */
export class QueueFullError extends TpcError {}
/** The client is closed. */
export class ClosedError extends TpcError {}
