// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');

/** http.createServer(pageVisits(listener)): for node:http, node:https, and node:http2 with its compatibility API. */
module.exports = function pageVisits(listener, options) {
  const tracker = new Tracker(options);
  return function trackPageVisit(request, response) {
    tracker.watch(request, response);
    return listener.call(this, request, response);
  };
};
