// SPDX-License-Identifier: Apache-2.0

import { LibraryOptions } from './client-options.js';
import { LeftOut, PageVisit, SentVisit, VisitRequest } from './visits.js';

export * from './client-options.js';
export * from './visits.js';

/** The library's options, and where its log lines go. Those that are not given are read from the environment. */
export interface ClientOptions extends LibraryOptions {
  /**
   * Gets the library's log lines and this package's warnings, in place of process warnings: `console`, or a logger of pino's or
   * winston's. The lines are the process's, so the logger that was given last gets all of them.
   */
  logger?: Logger;
}

/** What takes log lines, each without a line end. */
export interface Logger {
  error(line: string): unknown;
  warn(line: string): unknown;
  info?(line: string): unknown;
  debug?(line: string): unknown;
}

/**
 * At every moment accepted + adopted = delivered + rejected + expired + abandoned + pending + spooled; without spoolDirectory,
 * adopted and spooled are 0.
 */
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
  spooled: number;
  adopted: number;
  unspooled: number;
  spoolBytes: number;
  spoolErrors: number;
  spoolCorrupt: number;
}

/** How one event ended. Texts are '' where there is none. */
export interface Report {
  outcome: 'delivered' | 'rejected' | 'expired' | 'abandoned' | 'spooled';
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
   * Returns the process's client of the name in `name`, for all threads; without a name, the shared one whose options do not
   * contradict these. The first call creates it.
   */
  static shared(options?: ClientOptions): Client;
  /** Queues an event. Throws ValidationError, TooLargeError, QueueFullError or ClosedError. */
  track(event: PageVisit): void;
  /** Queues an event that is JSON already; `event` is required in it. */
  trackJson(text: string): void;
  /** Queues the event of a web request and returns null, or returns the rule that left it out as not a page visit. */
  trackRequest(request: VisitRequest): LeftOut | null;
  /**
   * Returns the event that trackRequest would track, or null when a rule leaves the request out. Change it and pass it to track. It
   * is not redacted yet.
   */
  eventFromRequest(request: VisitRequest): SentVisit | null;
  /**
   * Waits until every event queued so far has ended, at most `timeoutMs` (5000); events that wait for a retry are
   * tried at once. Resolves to the number of events that are pending.
   */
  flush(timeoutMs?: number): Promise<number>;
  /**
   * Takes no more events and delivers those that are queued, for at most `timeoutMs` (5000). Resolves to the number of
   * events that were not delivered; those left in spoolDirectory are not among them. Later calls return the same promise.
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
export function aiAgent(userAgent: string | null | undefined): AiAgent | null;

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
