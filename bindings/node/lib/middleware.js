// SPDX-License-Identifier: Apache-2.0
'use strict';

// What the frameworks' modules share: a request that was answered becomes a page visit, if the library's rules say that
// it is one. Nothing here throws into the application, and nothing is done before its answer is out.

// All that the rules look at. No cookie and no credential is ever read.
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'];
const OWN_HEADERS = ['user-agent', 'referer', 'purpose', 'sec-purpose', 'x-purpose', 'x-moz', 'sec-fetch-dest'];
const HEADERS = [...OWN_HEADERS, ...PROXY_HEADERS];

class Recorder {
  #client;
  #describe;
  #hasWarned = false;

  /** `client`, or the process's shared one with these options; `event` is asked what to add to a visit. */
  constructor({ client, event, ...options } = {}) {
    this.#describe = event;
    try {
      // Here, so that an application without libcurl still starts.
      this.#client = client ?? require('./client.js').Client.shared(options);
    } catch (error) {
      this.#warn('page visits are not recorded', error);
    }
  }

  /** To be called when a request of node:http comes in. `subjects` go to the application's `event`. */
  watch(request, response, subjects = [request, response]) {
    if (this.#client === undefined) return;
    // Asked early: a connection that is gone has no address.
    const remoteAddress = request.socket?.remoteAddress;
    response.once('finish', () => this.record(() => visitOf(request, response, remoteAddress), subjects));
  }

  /** `makeVisit` returns a request as trackRequest takes it, without the event. */
  record(makeVisit, subjects) {
    if (this.#client === undefined) return;
    try {
      const visit = makeVisit();
      // HTTP/1.0 may leave out the host: that is no page that anyone could name.
      if (visit.host !== undefined) this.#client.trackRequest({ ...visit, event: this.#describe?.(...subjects) });
    } catch (error) {
      this.#warn('a page visit was not recorded, and there may be more of which nothing is said', error);
    }
  }

  #warn(what, error) {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const text = [what, error?.field, error?.message ?? error].filter(Boolean).join(': ');
    process.emitWarning(text, { type: 'TpcWarning', code: error?.code });
  }
}

/** Whether the other end has no address since it is on this machine, and not since it has gone. */
function isUnixSocket(socket) {
  return typeof socket?.server?.address() === 'string';
}

function visitOf(request, response, remoteAddress) {
  const headers = {};
  // The library takes a request without an address for one of this machine, whose word on others may count.
  for (const name of remoteAddress !== undefined || isUnixSocket(request.socket) ? HEADERS : OWN_HEADERS) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  return {
    method: request.method,
    scheme: request.socket?.encrypted ? 'https' : 'http',
    host: request.headers.host ?? request.headers[':authority'],
    // What Express and its like cut off for a mounted application is still there.
    target: request.originalUrl ?? request.url,
    remoteAddress,
    status: response.statusCode,
    headers,
  };
}

module.exports = { HEADERS, Recorder };
