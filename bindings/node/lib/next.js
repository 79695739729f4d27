// SPDX-License-Identifier: Apache-2.0
'use strict';

// Next.js with the Node.js runtime: the Edge runtime cannot load an addon.

const { requestHeaders, textOf } = require('./incoming.js');
const { Tracker } = require('./middleware.js');
const { isCalledByFramework, misuse, passOn } = require('./misuse.js');

function webRequestOf(request, response) {
  const headers = {};
  for (const name of requestHeaders()) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = textOf(value);
  }
  const url = new URL(request.url);
  return {
    method: request.method,
    scheme: url.protocol.slice(0, -1),
    host: textOf(request.headers.get('host')) ?? url.host,
    target: url.pathname + url.search,
    // Next.js names no peer; hosts such as Vercel's found the visitor's address up to its version 14.
    clientAddress: request.ip,
    status: response?.status,
    contentType: response?.headers?.get?.('content-type') ?? undefined,
    headers,
  };
}

function isWebRequest(request) {
  return typeof request?.headers?.get === 'function';
}

/** export const middleware = pageVisits(): tracks the request, whose status is not known yet, and lets it pass. */
function pageVisits(options) {
  if (isCalledByFramework(arguments)) return passOn('next', arguments);
  const tracker = new Tracker(options);
  return function trackPageVisit(request) {
    if (!isWebRequest(request)) return passOn('next', arguments);
    tracker.track(request, () => webRequestOf(request), [request]);
    return undefined;
  };
}

/** Wraps a route handler, or an API route of the pages router, and tracks the requests that it answers. */
function withPageVisits(handler, options) {
  if (typeof handler !== 'function') throw misuse('handler', handler, 'a route handler, or an API route: a function');
  const tracker = new Tracker(options);
  return async function trackPageVisit(request, context) {
    if (!isWebRequest(request)) {
      tracker.watch(request, context);
      return handler.apply(this, arguments);
    }
    const response = await handler.apply(this, arguments);
    tracker.track(request, () => webRequestOf(request, response), [request, response]);
    return response;
  };
}

module.exports = { pageVisits, withPageVisits };
