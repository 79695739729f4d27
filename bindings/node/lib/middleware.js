// SPDX-License-Identifier: Apache-2.0
'use strict';

// What the frameworks' modules share: tracks the requests that were answered and are page visits by the library's rules.
// Nothing here throws into the application, and nothing is done before the response has been sent.

const { TpcError } = require('./errors.js');

const BEYOND_ASCII = /[\x80-\xff]/;
const SENT_TYPE = /^content-type: *([^\r\n]+)/im;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
let headers;

/** The request headers that the library reads. The addon is loaded on first use: an application without libcurl has to start. */
function requestHeaders() {
  headers ??= require('./addon.js').requestHeaders;
  return headers;
}

class Tracker {
  #client;
  #event;
  #hasWarned = false;

  /** `client`, or else the process's shared one with these options; `event` returns what to add to the event, or false. */
  constructor({ client, event, ...options } = {}) {
    this.#event = event;
    try {
      // Loaded here for the same reason.
      this.#client = client ?? require('./client.js').Client.shared(options);
    } catch (error) {
      this.#warn('page visits are not tracked', error);
    }
  }

  /**
   * Call this when a request of node:http comes in. `subjects` are the arguments of the application's `event`; `clientAddress` is
   * the address that the framework found.
   */
  watch(request, response, subjects = [request, response], clientAddress = undefined) {
    if (this.#client === undefined) return;
    // Read now: a connection that has been closed has no address.
    const { socket } = request;
    const addresses = { remoteAddress: socket?.remoteAddress ?? (isUnixSocket(socket) ? 'unix:' : undefined), clientAddress };
    response.once('finish', () => this.track(() => webRequestOf(request, response, addresses), subjects));
  }

  /** `read` returns a request as trackRequest takes it, without the event. */
  track(read, subjects) {
    if (this.#client === undefined) return;
    try {
      const request = read();
      // HTTP/1.0 allows a request without a host, which only a proxy may know: else the page is this machine's.
      request.host ??= 'localhost';
      const event = this.#event?.(...subjects);
      if (event === false) return;
      checkAdded(event);
      this.#client.trackRequest({ ...request, event });
    } catch (error) {
      this.#warn('a page visit was not tracked', error instanceof TpcError ? error : kindOf(error));
    }
  }

  #warn(what, error) {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const text = [what, error.field, error.message].filter(Boolean).join(': ');
    process.emitWarning(`${text}; further failures are not logged`, { type: 'TpcWarning', code: error.code || undefined });
  }
}

/** JSON would have an empty object for a promise, a generator or a Map, and a promise of false would count as consent. */
function checkAdded(event) {
  if (typeof event !== 'object' || event === null) return;
  const isPromise = typeof event.then === 'function';
  if (!isPromise && Object.prototype.toString.call(event) === '[object Object]') return;
  throw new TpcError('', 'event', `returned ${isPromise ? 'a promise' : 'another kind of object'}; expected an object, null or false`);
}

/** What an application threw, which may be anything. Its message may contain visitors' data: only its name and location are kept. */
function kindOf(error) {
  if (!(error instanceof Error)) return { message: `the application threw a value of type ${typeof error}` };
  return { message: `${error.name} ${/\bat .*/.exec(error.stack)?.[0] ?? 'at an unknown location'}` };
}

/** Whether a connection has no remote address because it is local, rather than because it has been closed. */
function isUnixSocket(socket) {
  return typeof socket?.server?.address() === 'string';
}

/** A header's text, which Node reads as Latin-1: UTF-8 where its bytes are that. */
function textOf(value) {
  if (typeof value !== 'string' || !BEYOND_ASCII.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/**
 * The response's content type. HTTP/1 headers that only writeHead was called with, as Fastify does, are nowhere but in the text
 * that was sent.
 */
function contentTypeOf(response) {
  const value = response.getHeader?.('content-type') ?? SENT_TYPE.exec(response._header)?.[1];
  return value === undefined ? undefined : String(value);
}

function webRequestOf(request, response, addresses) {
  const headers = {};
  for (const name of requestHeaders()) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = textOf(value);
  }
  return {
    method: request.method,
    scheme: request.socket?.encrypted ? 'https' : 'http',
    host: textOf(request.headers.host ?? request.headers[':authority']),
    // Express and similar frameworks cut the mount path off `url`; `originalUrl` still has it.
    target: request.originalUrl ?? request.url,
    ...addresses,
    status: response.statusCode,
    contentType: contentTypeOf(response),
    headers,
  };
}

module.exports = { Tracker, requestHeaders, textOf };
