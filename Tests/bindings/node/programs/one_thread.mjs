// SPDX-License-Identifier: Apache-2.0

// A worker thread that tracks ten events, tells its parent, and then does what the first argument says.
import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'tpc-events';

const options = { logLevel: 'off', reportCapacity: 100, ...workerData.options };
const client = workerData.isShared ? Client.shared(options) : new Client(options);
for (let number = 0; number < 10; number++) client.track({ page: { href: `https://example.com/${number}` } });
if (workerData.flushes) client.flush(600000).catch(() => {});
if (workerData.reads) {
  (async () => {
    for await (const _ of client.reports());
  })().catch(() => {});
}
parentPort.postMessage('tracked');
if (workerData.stays) setInterval(() => {}, 1000);
