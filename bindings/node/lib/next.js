// SPDX-License-Identifier: Apache-2.0
'use strict';

// Next.js with the Node.js runtime: the Edge runtime cannot load an addon.

const { Tracker, requestHeaders, textOf } = require('./middleware.js');

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
    contentType: response?.headers?.get?.('content-type'),
    headers,
  };
}

/** export const middleware = pageVisits(): tracks the request, whose status is not known yet, and lets it pass. */
function pageVisits(options) {
  const tracker = new Tracker(options);
  return function trackPageVisit(request) {
    tracker.track(() => webRequestOf(request), [request]);
  };
}

/** Wraps a route handler, or an API route of the pages router, and tracks the requests that it answers. */
function withPageVisits(handler, options) {
  const tracker = new Tracker(options);
  return async function trackPageVisit(request, context) {
    if (typeof request.headers.get !== 'function') {
      tracker.watch(request, context);
      return handler(request, context);
    }
    const response = await handler(request, context);
    tracker.track(() => webRequestOf(request, response), [request, response]);
    return response;
  };
}

module.exports = { pageVisits, withPageVisits };
