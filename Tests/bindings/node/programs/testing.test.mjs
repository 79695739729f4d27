// SPDX-License-Identifier: Apache-2.0

// Tests as an application would write them: no server of the company's, no key, and a host of this machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { capture } from 'tpc-events/testing';
import { Client, ClosedError, OptionError, ValidationError, validateOptions } from 'tpc-events';
import pageVisits from 'tpc-events/http';

const href = 'https://example.com/pricing?token=secret&x=1';

async function served(options, paths, headers = {}) {
  const page = (request, response) => response.setHeader('content-type', request.url.endsWith('.css') ? 'text/css' : 'text/html').end('page');
  const server = http.createServer(pageVisits(page, options)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const path of paths) await (await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers })).text();
  server.close();
  server.closeAllConnections?.();
}

test('a visit is captured whole: completed, redacted and labeled', async () => {
  const client = new Client({ labelAiAgents: true });
  const [visit, ...others] = await capture(() => client.track({ page: { href }, request: { userAgent: 'GPTBot/1.2' }, properties: { n: 1n } }));
  assert.equal(others.length, 0);
  assert.equal(visit.page.href, 'https://example.com/pricing?token=REDACTED&x=1');
  assert.equal(visit.page.domain, 'example.com');
  assert.deepEqual(visit.properties, { n: 1, aiAgent: 'GPTBot', aiOperator: 'OpenAI', aiPurpose: 'training' });
  assert.match(visit.eventId, /^[0-9a-f-]{36}$/);
  assert.equal(visit.sdk.name, 'tpc-events');
  assert.equal(client.stats().accepted, 0);
});

test('a web server on this machine is captured, by the rules of the middleware', async () => {
  const visits = capture();
  const event = () => ({ properties: { plan: 'pro' } });
  await served({ event, excludePaths: '/admin/*' }, ['/a', '/admin/b', '/style.css', '/c'], { 'user-agent': 'GPTBot/1.2' });
  const found = await visits.wait(2);
  visits.stop();
  assert.deepEqual(found.map(({ page, properties }) => [page.pathname, properties.plan]), [['/a', 'pro'], ['/c', 'pro']]);
  assert.equal(found[0].request.userAgent, 'GPTBot/1.2');
});

test('several clients are captured in the order of their visits, each with its own options', async () => {
  const [one, two] = [new Client({ clientIp: 'omit' }), new Client({ sdkName: 'site' })];
  const visit = { page: { href }, request: { clientIp: '192.0.2.7' } };
  const visits = await capture(() => {
    one.track(visit);
    two.trackJson(JSON.stringify({ event: 'page_visit', ...visit }));
    one.trackRequest({ method: 'GET', host: 'localhost', target: '/x', event: { sessionId: 's' } });
  });
  assert.deepEqual(visits.map(({ request, sdk }) => [request?.clientIp, sdk.name]), [[undefined, 'tpc-events'], ['192.0.2.7', 'site'], [undefined, 'tpc-events']]);
  assert.equal(visits[2].sessionId, 's');
});

test('the rule that leaves a request out is returned, and a sample rate of 0 leaves out all', async () => {
  const client = new Client({ sampleRate: 0 });
  const visits = await capture((captured) => {
    assert.equal(client.trackRequest({ method: 'POST', host: 'localhost', target: '/' }), 'method');
    client.track({ page: { href }, sessionId: 's' });
    assert.deepEqual([captured.events, captured.leftOut], [[], ['method', 'sample_rate']]);
  });
  assert.deepEqual(visits, []);
});

test('a client that is off is captured as well', async () => {
  process.env.TPC_ENABLED = 'false';
  const clients = [new Client({ enabled: false }), new Client()];
  const visits = await capture(() => clients.forEach((client) => client.track({ page: { href } })));
  delete process.env.TPC_ENABLED;
  assert.equal(visits.length, 2);
});

test('mistakes are found as without a test', async () => {
  const client = new Client();
  const closed = new Client();
  await closed.close(0);
  await capture((captured) => {
    assert.throws(() => client.track({ page: {} }), ValidationError);
    assert.throws(() => client.track({ page: { href: 5 } }), { field: '/page/href' });
    assert.throws(() => closed.track({ page: { href } }), ClosedError);
    assert.throws(() => new Client({ queueMaxEvnts: 5 }), OptionError);
    assert.throws(() => capture(), /one at a time/);
    assert.equal(captured.events.length, 0);
  });
  validateOptions();
});

test('waiting for visits that never come says how many there were', async () => {
  const visits = capture();
  new Client().track({ page: { href } });
  await assert.rejects(visits.wait(2, 20), { message: 'found 1 page visits after 20 ms; expected 2' });
  visits.stop();
  visits.stop();
});

test('a capture ends with its function, even when that fails', async () => {
  await assert.rejects(capture(() => { throw new Error('the test failed'); }), /the test failed/);
  capture().stop();
});

test('a module that was loaded anew is captured, too', async () => {
  const { createRequire } = await import('node:module');
  const require = createRequire(import.meta.url);
  const before = require('tpc-events');
  for (const name of Object.keys(require.cache)) if (name.includes('tpc-events')) delete require.cache[name];
  const after = require('tpc-events');
  assert.notEqual(before.Client, after.Client);
  const visits = await capture(() => new after.Client().track({ page: { href } }));
  assert.equal(visits.length, 1);
});
