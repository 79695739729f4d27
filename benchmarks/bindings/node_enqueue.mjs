// SPDX-License-Identifier: Apache-2.0

// What one event costs a Node program: the object of 13 fields and 3 properties is made and given to track(), while the
// server hangs. A clock is read around every event, and nothing is subtracted.
//
//     make npm && node benchmarks/bindings/node_enqueue.mjs [-n EVENTS] [-r ROUNDS] [-u URL]
//
// Prints one JSON object. Without -u it is its own hung server: a worker thread that listens and never answers.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Client } from '../../build/node/package/lib/index.mjs';

const SITE = 'https://docs.example.com';
const PAGES = [
  ['/guides/quickstart', '?step=2', 'Quickstart: install and send a request'],
  ['/guides/webhooks', '?page=31', 'Webhooks: receive what happened, in order'],
  ['/reference/errors', '?code=9', 'Errors: what each of the codes stands for'],
  ['/pricing/calculator', '?n=25', 'Pricing: what a month of use will cost'],
];
const AGENT = 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)';
const HUNG_SERVER = `
  const server = require('node:net').createServer((connection) => connection.on('error', () => {}));
  server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port));
`;

/** The values that a host has when a page is visited. */
function visit(number) {
  const [path, query, title] = PAGES[number % 4];
  return {
    time: new Date(Date.UTC(2026, 2, 2, 9) + number).toISOString(),
    id: `0195565c-7d3a-7b1e-9c4f-${number.toString(16).padStart(12, '0')}`,
    href: SITE + path + query,
    path,
    title,
    canonical: SITE + path,
  };
}

/** A client whose first request is under way, and so waits for a server that will not answer. */
async function hungClient(baseUrl, room) {
  const client = new Client({
    baseUrl,
    apiKey: 'tpc_benchmark_0123456789abcdef0123456789abcdef',
    logLevel: 'off',
    queueMaxEvents: room,
    queueMaxBytes: room * 2048 + 4096,
    requestTimeoutMs: 600000,
  });
  client.track({ page: { href: SITE } });
  for (let waited = 0; client.stats().inFlight === 0; waited++) {
    if (waited === 5000) throw new Error('no request was under way after 5 s');
    await sleep(1);
  }
  return client;
}

/** Enqueues as many events as there are visits, and writes down what each took, in nanoseconds. */
function runRound(client, visits, samples) {
  for (let index = 0; index < visits.length; index++) {
    const { time, id, href, path, title, canonical } = visits[index];
    const start = process.hrtime.bigint();
    client.track({
      event: 'page_visit',
      occurredAt: time,
      eventId: id,
      sessionId: 'session-5f0c2d9a71',
      anonymousId: 'visitor-8b64e01c3d',
      page: { href, domain: 'docs.example.com', pathname: path, title, canonicalUrl: canonical },
      request: { referrer: 'https://chatgpt.com/', userAgent: AGENT, clientIp: '203.0.113.77', method: 'GET' },
      properties: { plan: 'enterprise', status: 200, cached: true },
    });
    samples[index] = Number(process.hrtime.bigint() - start);
  }
}

function clockCost() {
  const samples = Float64Array.from({ length: 10000 }, () => {
    const start = process.hrtime.bigint();
    return Number(process.hrtime.bigint() - start);
  });
  return samples.sort()[5000];
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', short: 'n', default: '9000' },
    rounds: { type: 'string', short: 'r', default: '10' },
    url: { type: 'string', short: 'u' },
  },
});
const [events, rounds] = [Number(values.events), Number(values.rounds)];
const server = values.url === undefined ? new Worker(HUNG_SERVER, { eval: true }) : undefined;
const url = values.url ?? `http://127.0.0.1:${await once(server, 'message')}`;
const visits = Array.from({ length: events }, (_, index) => visit(index + 1));
const all = new Float64Array(events * rounds);
const medians = [];
for (let round = 0; round < rounds; round++) {
  const client = await hungClient(url, events + 10);
  const samples = all.subarray(round * events, (round + 1) * events);
  runRound(client, visits, samples);
  await client.close(0);
  medians.push(samples.sort()[events >> 1]);
}
all.sort();
console.log(
  JSON.stringify({
    binding: 'node',
    events: all.length,
    median_ns: all[all.length >> 1],
    p99_ns: all[Math.floor(all.length * 0.99)],
    best_round_median_ns: Math.min(...medians),
    clock_ns: clockCost(),
    node: process.versions.node,
  }),
);
await server?.terminate();
