// SPDX-License-Identifier: Apache-2.0

/**
 * Members that the contract does not name. The types refuse them, so that a misspelt `requst` is found; the library passes them on:
 * `const page: Page & ExtraMembers = { href, section: 'news' }`.
 */
export interface ExtraMembers {
  [member: string]: unknown;
}

/** The page that was visited. */
export interface Page {
  /** An absolute URL. */
  href: string;
  domain?: string;
  pathname?: string;
  title?: string | null;
  canonicalUrl?: string | null;
}

/** What the visitor's request said. */
export interface PageRequest {
  referrer?: string | null;
  userAgent?: string | null;
  clientIp?: string | null;
  method?: string | null;
}

/** What sent the event. The library fills it in. */
export interface Sdk {
  name?: string;
  version?: string;
  runtime?: string;
}

/** Anything else about the visit. */
export type Properties = Record<string, string | number | bigint | boolean | null | undefined>;

/** One page visit, in the contract's shape. undefined means absent; null is null. Other members: see ExtraMembers. */
export interface PageVisit {
  event?: 'page_visit';
  /** RFC 3339. The default is now. */
  occurredAt?: string | Date;
  /** The default is a new UUIDv7. */
  eventId?: string;
  sessionId?: string | null;
  anonymousId?: string | null;
  page: Page;
  request?: PageRequest;
  sdk?: Sdk;
  properties?: Properties;
}

/** What an application adds to the event of a request; it takes precedence over what the request says. */
export type VisitAddition = Partial<Omit<PageVisit, 'page' | 'properties'>> & {
  page?: Partial<Page>;
  /** A Date becomes text and a Map an object; what JSON does not have is left out, with one warning. */
  properties?: Readonly<Record<string, unknown>>;
};

/** The event of a request as `beforeSend` gets it and a test captures it: what JSON has, and every member of the contract's. */
export interface SentVisit {
  event: 'page_visit';
  occurredAt: string;
  eventId: string;
  sessionId?: string | null;
  anonymousId?: string | null;
  page: Page;
  request?: PageRequest;
  sdk?: Sdk;
  properties?: Record<string, string | number | boolean | null>;
}

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
  headers?: Readonly<Record<string, string | readonly string[] | null | undefined>> | null;
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
