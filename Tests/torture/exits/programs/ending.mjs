// SPDX-License-Identifier: Apache-2.0

// Ends in the way that its first argument names, with 20 events tracked: what ending.c does, in Node.
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { Client } from 'tpc-events';

const client = new Client({ reportCapacity: 100 });

function track(sender) {
  for (let number = 0; number < 20; number++) {
    client.track({ eventId: `${sender}-${number}`, page: { href: 'https://example.com/' } });
  }
}

function waitForSignal(handler) {
  if (handler) process.on('SIGTERM', handler);
  setInterval(() => {}, 1000);
  console.log('waiting');
}

// A thread that tracks, and waits for reports and a flush, when it is ended.
async function startWorker() {
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  await once(worker, 'message');
  return worker;
}

const WAYS = {
  by_return() {},
  by_exit: () => process.exit(7),
  by_really_exit: () => process.reallyExit(7),
  by_abort: () => process.abort(),
  by_kill: () => process.kill(process.pid, 'SIGKILL'),
  by_an_exception() {
    throw new Error('a fault of the application');
  },
  by_a_rejection: () => Promise.reject(new Error('a fault of the application')),
  by_sigterm: () => waitForSignal(),
  by_exit_in_a_handler_of_sigterm: () => waitForSignal(() => process.exit(7)),
  by_exit_while_flushing() {
    client.flush(600000);
    setImmediate(() => process.exit(7));
  },
  async by_exit_with_reports_pending() {
    await client.flush(200);
    process.exit(7);
  },
  async by_exit_after_workers_were_terminated() {
    for (let turn = 0; turn < 3; turn++) await (await startWorker()).terminate();
    process.exit(7);
  },
  async by_exit_beside_workers() {
    await Promise.all([startWorker(), startWorker()]);
    process.exit(7);
  },
  async by_close_without_time() {
    console.log('undelivered:', await client.close(0));
    process.exit(7);
  },
};

if (isMainThread) {
  track('end');
  console.log('tracked');
  WAYS[process.argv[2]]();
} else {
  track(`worker-${Math.random()}`);
  client.flush(600000).catch(() => {});
  (async () => {
    for await (const _ of client.reports());
  })().catch(() => {});
  setInterval(() => {}, 1000);
  parentPort.postMessage('tracked');
}
