// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');
const { isCalledByFramework, misuse, passOn } = require('./misuse.js');

/** fastify.register(pageVisits): a plugin. */
function pageVisits(fastify, options, done) {
  if (typeof fastify?.addHook !== 'function') {
    if (isCalledByFramework(arguments)) return passOn('fastify', arguments);
    throw misuse('fastify', fastify, 'fastify.register(require(\'tpc-events/fastify\'), options)');
  }
  try {
    // These are for register.
    const { prefix, logSerializers, ...given } = options ?? {};
    addHook(fastify, new Tracker(given));
  } catch (error) {
    done(error);
    return;
  }
  done();
}

function addHook(fastify, tracker) {
  let trusts;
  fastify.addHook('onRequest', (request, reply, next) => {
    tracker.watch(request.raw, reply.raw, [request, reply], () => {
      if (request.ips === undefined) return undefined;
      trusts ??= trustsEverybody(request) ? 'everybody' : 'some';
      return trusts === 'some' ? foundBy(request) : undefined;
    });
    next();
  });
}

/** The visitor's address, the scheme and the host by the option trustProxy. Before Fastify 5, `hostname` has the port. */
function foundBy(request) {
  return { clientAddress: request.ip, scheme: request.protocol, host: request.host ?? request.hostname };
}

/** More proxies than any site has, all of them strangers: from addresses that are kept for documentation. */
const STRANGERS = Array.from({ length: 64 }, (_, index) => `203.0.113.${index + 1}`);

/** Whether trustProxy is true, by what Fastify makes of a request from strangers: then the address is whatever the visitor sent. */
function trustsEverybody(request) {
  const socket = { remoteAddress: '203.0.113.200' };
  const raw = { headers: { 'x-forwarded-for': STRANGERS.join(', ') }, socket, connection: socket };
  return Object.create(request, { raw: { value: raw } }).ip === STRANGERS[0];
}

// Makes the hook apply to the whole application, as fastify-plugin does: otherwise a plugin's hooks apply only to what is
// registered inside it.
pageVisits[Symbol.for('skip-override')] = true;
pageVisits[Symbol.for('fastify.display-name')] = 'tpc-events';

module.exports = pageVisits;
