// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');
const { isCalledByFramework, misuse, passOn } = require('./misuse.js');

/** app.use(pageVisits()): for Koa. */
module.exports = function pageVisits(options) {
  if (isCalledByFramework(arguments)) {
    if (typeof options.addHook !== 'function') return passOn('koa', arguments);
    throw misuse('fastify', options, 'app.use of Koa; for Fastify use fastify.register(require(\'tpc-events/fastify\'))');
  }
  const tracker = new Tracker(options);
  return function trackPageVisit(context, next) {
    if (typeof next !== 'function' || typeof context?.res?.on !== 'function') return passOn('koa', arguments);
    tracker.watch(context.req, context.res, [context], () => foundBy(context));
    return next();
  };
};

/**
 * The visitor's address, the scheme and the host by Koa's setting `proxy`. Without `maxIpsCount`, or a header that only the proxy
 * sets, they are whatever the visitor sent, and do not count.
 */
function foundBy(context) {
  const { proxy, maxIpsCount, proxyIpHeader } = context.app;
  if (!proxy || !(maxIpsCount > 0 || String(proxyIpHeader ?? 'X-Forwarded-For').toLowerCase() !== 'x-forwarded-for')) return undefined;
  return { clientAddress: context.ip, scheme: context.protocol, host: context.host };
}
