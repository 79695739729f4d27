// SPDX-License-Identifier: Apache-2.0

// Starts worker threads (one_thread.mjs) and ends them in the way that the first argument names.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const [, , way] = process.argv;

async function start(data) {
  const worker = new Worker(new URL('one_thread.mjs', import.meta.url), { workerData: { options: {}, ...data } });
  await once(worker, 'message');
  return worker;
}

const WAYS = {
  async naturally() {
    const workers = await Promise.all([start(), start(), start(), start()]);
    await Promise.all(workers.map((worker) => (worker.threadId === -1 ? null : once(worker, 'exit'))));
  },
  async by_termination() {
    const workers = await Promise.all([start({ stays: true }), start({ stays: true, flushes: true, reads: true })]);
    await Promise.all(workers.map((worker) => worker.terminate()));
  },
  async by_exit() {
    await Promise.all([start({ stays: true }), start({ stays: true, flushes: true })]);
    process.exit(0);
  },
  async shared() {
    const workers = await Promise.all([start({ isShared: true }), start({ isShared: true, stays: true })]);
    await Promise.all(workers.map((worker) => worker.terminate()));
    const { Client } = await import('tpc-events');
    console.log('accepted', Client.shared().stats().accepted);
  },
  async leaving_nothing_behind() {
    const round = async () => (await start({ stays: true })).terminate();
    const threads = () => readdirSync('/proc/self/task').length;
    await round();
    const before = threads();
    for (let count = 0; count < 5; count++) await round();
    // A thread that has been joined may be listed for a moment yet.
    for (let waited = 0; threads() > before && waited < 600; waited++) await sleep(100);
    console.log('more threads', Math.max(0, threads() - before));
  },
  async again_and_again() {
    for (let round = 0; round < 15; round++) {
      const data = { stays: round % 3 > 0, flushes: round % 2 > 0, reads: round % 5 > 0 };
      const worker = await start(data);
      if (data.stays) await worker.terminate();
      else if (worker.threadId !== -1) await once(worker, 'exit');
    }
  },
};
await WAYS[way]();
console.log('done');
