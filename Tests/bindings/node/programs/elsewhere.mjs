// SPDX-License-Identifier: Apache-2.0

// Uses the package on a system that it does not run on. Prints what the calls answer; a worker thread does the same first.
import { Worker, isMainThread } from 'node:worker_threads';
import { once } from 'node:events';
import http from 'node:http';
import { Client, ClosedError, aiAgent, validateOptions } from 'tpc-events';
import express from 'tpc-events/express';
import fastify from 'tpc-events/fastify';
import listen from 'tpc-events/http';
import { exposition } from 'tpc-events/metrics';
import { pageVisits, withPageVisits } from 'tpc-events/next';
import { capture, isSupported } from 'tpc-events/testing';

if (isMainThread) await once(new Worker(new URL(import.meta.url)), 'exit');

const client = new Client({ reportCapacity: 5 });
const visit = { page: { href: 'https://example.com/' } };
client.track(visit);
client.trackJson('{}');
console.log(client.trackRequest({ method: 'GET', host: 'example.com', target: '/' }));
console.log(Object.values(client.stats()).every((number) => number === 0), aiAgent('GPTBot'), validateOptions({}));
console.log(exposition(Client.shared()).includes('tpc_events_accepted_total 0'), isSupported);
try {
  capture();
} catch (error) {
  console.log(error.message);
}
const reading = (async () => {
  for await (const report of client.reports()) console.log(report);
  return 'no reports';
})();
console.log(await client.flush(), client.takeReports().length, await client.close(), await reading);
try {
  client.track(visit);
} catch (error) {
  console.log(error instanceof ClosedError);
}

const options = { event: () => ({ properties: { plan: 'pro' } }) };
[express(options), pageVisits(options), withPageVisits(() => 1, options)].forEach((made) => console.assert(typeof made === 'function'));
fastify({ addHook() {} }, options, () => undefined);
const server = http.createServer(listen((request, response) => response.end('page'), options)).listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(await (await fetch(`http://127.0.0.1:${server.address().port}/`)).text());
server.close();
server.closeAllConnections?.();
