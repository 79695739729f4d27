// SPDX-License-Identifier: Apache-2.0

// An Express application with page visits, in the one process or, as "cluster", in two worker processes. Prints the
// port it listens on. A line on standard input asks it to do something: "restart" replaces the workers, the end of
// input stops it.
'use strict';

const cluster = require('node:cluster');
const { once } = require('node:events');
const { createInterface } = require('node:readline');

function serve(whenListening) {
  const express = require('express');
  const pageVisits = require('tpc-events/express');
  const application = express();
  const pages = express.Router();
  pages.get('/:name', (request, response) => response.send(`<title>${request.params.name}</title>`));
  const event = (request, response) => ({ properties: { process: process.pid, length: response.get('content-length') } });
  application.use(pageVisits({ event }));
  application.get('/fault', () => {
    throw new Error('a fault of the application');
  });
  application.get('/pages/users', (request, response) => response.json([]));
  application.use('/pages', pages);
  const server = application.listen(0, '127.0.0.1', () => whenListening(server));
  return server;
}

async function startWorker() {
  const worker = cluster.fork();
  worker.once('exit', (code, signal) => console.log(`worker ended with ${code ?? signal}`));
  const [address] = await once(worker, 'listening');
  return { worker, port: address.port };
}

async function endWorker(worker) {
  const ended = once(worker, 'exit');
  worker.disconnect();
  await ended;
}

async function main() {
  let workers = await Promise.all([startWorker(), startWorker()]);
  console.log(workers[0].port);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'restart') continue;
    const before = workers;
    workers = await Promise.all([startWorker(), startWorker()]);
    for (const { worker } of before) await endWorker(worker);
    console.log('restarted');
  }
  for (const { worker } of workers) await endWorker(worker);
}

if (process.argv[2] !== 'cluster') {
  const server = serve(() => console.log(server.address().port));
  process.stdin.resume().once('end', () => server.close());
} else if (cluster.isPrimary) {
  main();
} else {
  serve(() => {});
}
