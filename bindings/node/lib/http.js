// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');
const { isCalledByFramework, misuse, passOn } = require('./misuse.js');

/** http.createServer(pageVisits(listener)): for node:http, node:https, and node:http2 with its compatibility API. */
module.exports = function pageVisits(listener, options) {
  if (typeof listener !== 'function') {
    if (isCalledByFramework(arguments)) return passOn('http', arguments);
    throw misuse('listener', listener, 'a function, such as Koa\'s app.callback(); for Fastify use tpc-events/fastify');
  }
  const tracker = new Tracker(options);
  return function trackPageVisit(request, response) {
    tracker.watch(request, response);
    return listener.apply(this, arguments);
  };
};
