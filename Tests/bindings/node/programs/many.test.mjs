// SPDX-License-Identifier: Apache-2.0

// Run by node --test and --expose-gc: clients that nobody closes, and many who wait.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
import { Client, ClosedError } from 'tpc-events';

const VISIT = { page: { href: 'https://example.com/' } };
const NOWHERE = { apiKey: 'key', baseUrl: 'http://127.0.0.1:1', logLevel: 'off', exitTimeoutMs: 0 };
const threads = () => readdirSync('/proc/self/task').length;
const descriptors = () => readdirSync('/proc/self/fd').length;
const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;

/** Waits until the condition holds, while garbage is collected. */
async function until(condition) {
  for (let count = 0; count < 1000 && !condition(); count++) {
    global.gc();
    await setTimeout(5);
  }
  assert.ok(condition());
}

test('1,200 clients that nobody closes, more than a process may have, leave threads and descriptors as they were', async () => {
  const once = new Client({ apiKey: 'key', dryRun: true });
  once.track(VISIT);
  await once.close();
  const [before, open] = [threads(), descriptors()];
  for (let count = 0; count < 1200; count++) {
    new Client({ apiKey: 'key', dryRun: true }).track(VISIT);
    if (count % 100 === 0) {
      global.gc();
      await setImmediate();
    }
  }
  await until(() => threads() <= before && descriptors() <= open);
});

test('a client that is waited for, or whose reports are read, stays', async () => {
  const client = () => new Client({ apiKey: 'key', dryRun: true, reportCapacity: 10 });
  const tracked = () => {
    const made = client();
    made.track(VISIT);
    return made;
  };
  const reports = tracked().reports();
  const flushed = Promise.all(Array.from({ length: 50 }, () => tracked().flush()));
  for (let count = 0; count < 5; count++) {
    global.gc();
    await setImmediate();
  }
  assert.deepEqual(await flushed, Array(50).fill(0));
  assert.equal((await reports.next()).value.outcome, 'delivered');
});

test('a shared client stays when nobody holds it', async () => {
  Client.shared({ ...NOWHERE, name: 'stays' }).track(VISIT);
  for (let count = 0; count < 5; count++) {
    global.gc();
    await setImmediate();
  }
  assert.equal(Client.shared({ ...NOWHERE, name: 'stays' }).stats().accepted, 1);
});

test('3,000 who wait for one client share a thread, and each waits no longer than it wants to', async () => {
  const client = new Client(NOWHERE);
  client.track(VISIT);
  const before = threads();
  const long = Array.from({ length: 3000 }, () => client.flush(60000));
  assert.ok(threads() <= before + 2);
  assert.equal(await client.flush(0), 1);
  assert.equal(await client.flush(20), 1);
  const closed = client.close(0);
  const results = await Promise.allSettled([...long, client.flush(5)]);
  assert.equal(await closed, 1);
  for (const { status, value, reason } of results) assert.ok(status === 'fulfilled' ? value <= 1 : reason instanceof ClosedError);
});

test('who waits while another waits has the newest events delivered, too', async () => {
  const client = new Client({ apiKey: 'key', dryRun: true });
  client.track(VISIT);
  const first = client.flush();
  client.track(VISIT);
  assert.equal(await client.flush(), 0);
  assert.deepEqual([await first, client.stats().delivered], [0, 2]);
  await client.close();
});

test('a large text is not kept', async () => {
  const client = new Client(NOWHERE);
  const before = residentMiB();
  for (const call of [() => client.trackJson(' '.repeat(64 << 20)), () => client.trackRequest({ method: 'GET', target: 'a'.repeat(64 << 20) })]) {
    assert.throws(call);
  }
  await until(() => residentMiB() < before + 40);
  await client.close(0);
});
