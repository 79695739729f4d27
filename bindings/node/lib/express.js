// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');

/** app.use(pageVisits()): for Express, Connect and other frameworks with the same kind of middleware. */
module.exports = function pageVisits(options) {
  const tracker = new Tracker(options);
  return function trackPageVisit(request, response, next) {
    tracker.watch(request, response);
    next();
  };
};
