// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');
const { isCalledByFramework, misuse, passOn } = require('./misuse.js');

/** app.use(pageVisits()): for Express, Connect and other frameworks with the same kind of middleware. */
module.exports = function pageVisits(options) {
  if (isCalledByFramework(arguments)) return typeof options.addHook === 'function' ? refuse(options) : passOn('express', arguments);
  const tracker = new Tracker(options);
  return function trackPageVisit(request, response, next) {
    if (typeof next !== 'function' || typeof response?.on !== 'function') {
      return typeof request?.addHook === 'function' ? refuse(request) : passOn('express', arguments);
    }
    tracker.watch(request, response, [request, response], () => foundBy(request));
    next();
  };
};

function refuse(fastify) {
  throw misuse('fastify', fastify, 'app.use of Express; for Fastify use fastify.register(require(\'tpc-events/fastify\'))');
}

/**
 * The visitor's address, the scheme and the host by Express's setting `trust proxy`; undefined in other frameworks. When that
 * trusts everybody, they are whatever the visitor sent, and do not count.
 */
function foundBy(request) {
  const settings = request.app;
  const trusted = settings?.get?.('trust proxy');
  if (!trusted || trusted === true) return undefined;
  // Express 4 has no host with its port.
  const trust = settings.get('trust proxy fn');
  const forwarded = request.headers['x-forwarded-host'];
  const host = forwarded && trust?.(request.socket.remoteAddress, 0) ? forwarded.split(',')[0].trim() : undefined;
  return { clientAddress: request.ip, scheme: request.protocol, host };
}
