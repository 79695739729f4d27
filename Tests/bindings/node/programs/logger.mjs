// SPDX-License-Identifier: Apache-2.0

// Tracks a visit for a server that refuses the key, in the way that the argument says, and prints where the line about it comes. Prints
// "alive" at its end, and exits with 5, as long as nothing got in its way.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Client } from 'tpc-events';

const visit = { page: { href: 'https://example.com/' } };
const print = (level) => (line) => console.log(`${level}: ${line}`);
const logger = { error: print('error'), warn: print('warn') };

const OPTIONS = {
  'a logger': { logger },
  'a logger that throws': { logger: { ...logger, error: () => { throw new Error('full disk'); } } },
  'a logger that rejects': { logger: { ...logger, error: async () => { throw new Error('full disk'); } } },
  'a logger that tracks': { logger: { ...logger, error: (line) => (console.log(line), client.stats(), client.track(visit)) } },
};
const way = process.argv[2];
if (way === 'a listener that throws') process.on('warning', () => { throw new Error('a listener'); });

// The line about a failed request is kept after the request is counted, and surely before the next one is made.
const REQUESTS = 2;
const client = new Client({ retryInitialMs: 1, ...OPTIONS[way] });
if (way !== 'exit') client.track(visit);
if (way === 'a timer') {
  const alive = setInterval(() => undefined, 10_000);
  const [warning] = await once(process, 'warning');
  clearInterval(alive);
  console.log(warning.name, warning.message);
} else if (way === 'flush') {
  await client.flush(300);
} else if (way === 'close') {
  await client.close(300);
} else if (way === 'exit') {
  // The addon's own call, which takes no line.
  const native = createRequire(import.meta.url)('./node_modules/tpc-events/lib/addon.js');
  const handle = native.open([], ['log_descriptor', '-1', 'retry_initial_ms', '1'], false, undefined);
  native.trackJson(handle, JSON.stringify({ ...visit, event: 'page_visit' }));
  while (native.stats(handle)[native.statsNames.indexOf('failed_requests')] < REQUESTS);
} else {
  while (client.stats().failedRequests < REQUESTS) await new Promise(setImmediate);
  // Node looks for promises that were rejected between two turns of its event loop.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => (client.stats(), setImmediate(resolve)));
}
process.on('exit', () => console.log('alive'));
process.exit(5);
