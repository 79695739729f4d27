// SPDX-License-Identifier: Apache-2.0
'use strict';

// Next.js with the Node.js runtime: the Edge runtime cannot load an addon.

const { Tracker, requestHeaders } = require('./middleware.js');

function webRequestOf(request, status) {
  const headers = {};
  for (const name of requestHeaders()) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  const url = new URL(request.url);
  return {
    method: request.method,
    scheme: url.protocol.slice(0, -1),
    host: request.headers.get('host') ?? url.host,
    target: url.pathname + url.search,
    status,
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
    tracker.track(() => webRequestOf(request, response.status), [request, response]);
    return response;
  };
}

module.exports = { pageVisits, withPageVisits };
