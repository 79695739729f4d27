// SPDX-License-Identifier: Apache-2.0

// A server on the port in PORT. Arguments: "handler" closes it at SIGTERM, as the package's README says; "signals" has the package
// deliver at signals; "cluster" serves in two worker processes.
'use strict';

const cluster = require('node:cluster');
const http = require('node:http');
const pageVisits = require('tpc-events/http');

const has = (word) => process.argv.includes(word);

function serve() {
  const page = (request, response) => response.setHeader('Content-Type', 'text/html').end('<h1>page</h1>');
  const server = http.createServer(pageVisits(page)).listen(process.env.PORT, '127.0.0.1');
  if (has('handler')) process.once('SIGTERM', () => server.close(() => process.exit()));
}

if (has('signals')) require('tpc-events/signals').deliverOnSignals();
if (has('cluster') && cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  serve();
}
