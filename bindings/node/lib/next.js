// SPDX-License-Identifier: Apache-2.0
'use strict';

// For Next.js with the Node.js runtime: the Edge runtime cannot load an addon.

const { HEADERS, Recorder } = require('./middleware.js');

function visitOf(request, status) {
  const headers = {};
  for (const name of HEADERS) {
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

/** export const middleware = pageVisits(): records the request, whose answer is not known yet, and lets it pass. */
function pageVisits(options) {
  const recorder = new Recorder(options);
  return function recordPageVisit(request) {
    recorder.record(() => visitOf(request), [request]);
  };
}

/** A route handler, or an API route of the pages router, whose answered requests are recorded. */
function withPageVisits(handler, options) {
  const recorder = new Recorder(options);
  return async function recordPageVisit(request, context) {
    if (typeof request.headers.get !== 'function') {
      recorder.watch(request, context);
      return handler(request, context);
    }
    const response = await handler(request, context);
    recorder.record(() => visitOf(request, response.status), [request, response]);
    return response;
  };
}

module.exports = { pageVisits, withPageVisits };
