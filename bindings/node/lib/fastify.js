// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Recorder } = require('./middleware.js');

/** fastify.register(pageVisits): a plugin. */
function pageVisits(fastify, options, done) {
  const recorder = new Recorder(options);
  fastify.addHook('onRequest', (request, reply, next) => {
    recorder.watch(request.raw, reply.raw, [request, reply]);
    next();
  });
  done();
}

// For the whole application, as fastify-plugin does it: a plugin's hooks otherwise hold for what is registered inside
// it alone.
pageVisits[Symbol.for('skip-override')] = true;
pageVisits[Symbol.for('fastify.display-name')] = 'tpc-events';

module.exports = pageVisits;
