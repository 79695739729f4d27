// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');

/** app.use(pageVisits()): for Express, Connect and other frameworks with the same kind of middleware. */
module.exports = function pageVisits(options) {
  const tracker = new Tracker(options);
  return function trackPageVisit(request, response, next) {
    tracker.watch(request, response, [request, response], addressFoundBy(request));
    next();
  };
};

/**
 * The address that Express found, by its setting `trust proxy`; undefined in other frameworks. When that trusts everybody, the
 * address is whatever the visitor sent.
 */
function addressFoundBy(request) {
  const trusted = request.app?.get?.('trust proxy');
  return trusted && trusted !== true ? request.ip : undefined;
}
