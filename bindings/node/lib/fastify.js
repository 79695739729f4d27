// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Tracker } = require('./middleware.js');

/** fastify.register(pageVisits): a plugin. */
function pageVisits(fastify, options, done) {
  const tracker = new Tracker(options);
  fastify.addHook('onRequest', (request, reply, next) => {
    // With the option trustProxy, `ip` is the address that Fastify found.
    tracker.watch(request.raw, reply.raw, [request, reply], request.ip);
    next();
  });
  done();
}

// Makes the hook apply to the whole application, as fastify-plugin does: otherwise a plugin's hooks apply only to what is
// registered inside it.
pageVisits[Symbol.for('skip-override')] = true;
pageVisits[Symbol.for('fastify.display-name')] = 'tpc-events';

module.exports = pageVisits;
