// SPDX-License-Identifier: Apache-2.0

// Run by node --test, with a collector that THE_PROMPTING_COMPANY_BASE_URL names.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as events from 'tpc-events';

const { Client, ClosedError, OptionError, QueueFullError, TooLargeError, TpcError, ValidationError, aiAgent, aiAnswer } = events;
const COLLECTOR = process.env.THE_PROMPTING_COMPANY_BASE_URL;
const HREF = 'https://example.com/pricing';
// Nothing listens there.
const NOWHERE = { baseUrl: 'http://127.0.0.1:1', logLevel: 'off', exitTimeoutMs: 0 };

let number = 0;

/** The event as the collector got it. */
async function sent(track, options) {
  const eventId = `test-${process.pid}-${++number}`;
  const client = new Client(options);
  track(client, eventId);
  assert.equal(await client.flush(60000), 0);
  const { events: received } = await (await fetch(`${COLLECTOR}/_tpc/good`)).json();
  return JSON.parse(received.find((request) => request.event_id === eventId).body);
}

const tracked = (event) => sent((client, eventId) => client.track({ eventId, ...event }));

function failure(call) {
  let error;
  assert.throws(call, (thrown) => ((error = thrown), true));
  return error;
}

/** The error of an event; whatever is wrong with it, it is a ValidationError. */
function refusal(event) {
  const error = failure(() => new Client(NOWHERE).track(event));
  assert.ok(error instanceof ValidationError && error instanceof TpcError && error instanceof Error);
  assert.equal(error.name, 'ValidationError');
  return error;
}

test('require and import give the same', () => {
  const required = createRequire(import.meta.url)('tpc-events');
  const { default: _, ...imported } = events;
  assert.deepEqual({ ...imported }, { ...required });
});

test('an event arrives with every member, and says what sent it', async () => {
  const event = {
    event: 'page_visit',
    occurredAt: '2026-03-02T09:00:00.123Z',
    sessionId: 's',
    anonymousId: null,
    page: { href: HREF, domain: 'example.com', pathname: '/pricing', title: 'Prices, „größer“ 😀', canonicalUrl: null },
    request: { referrer: 'https://chatgpt.com/', userAgent: 'GPTBot/1.2', clientIp: '192.0.2.7', method: 'GET' },
    properties: { text: 'a "b" \\ \n', number: 0.25, integer: 200, big: 2n ** 60n, true: true, false: false, null: null },
  };
  const { eventId, sdk, ...rest } = await tracked(event);
  assert.deepEqual(rest, { ...event, properties: { ...event.properties, big: Number(2n ** 60n) } });
  const [major] = process.versions.node.split('.');
  const { version } = createRequire(import.meta.url)('tpc-events/package.json');
  assert.deepEqual(sdk, { name: 'tpc-events', version, runtime: `node/${major}` });
});

test('only page.href has to be there', async () => {
  const { event, eventId, occurredAt, page } = await tracked({ page: { href: HREF } });
  assert.equal(event, 'page_visit');
  assert.ok(Math.abs(Date.now() - Date.parse(occurredAt)) < 600000);
  assert.deepEqual(page, { href: HREF, domain: 'example.com', pathname: '/pricing' });
});

// Each as it is tracked, and as the collector gets it. Some go to the library by their members and some as JSON.
const SAME = {
  'a Date is a time': [{ occurredAt: new Date(1772442000123) }, { occurredAt: '2026-03-02T09:00:00.123Z' }],
  'undefined is absent': [
    { sessionId: undefined, page: { href: HREF, title: undefined }, request: undefined, properties: { a: undefined } },
    { sessionId: undefined, request: undefined, properties: {} },
  ],
  'null is null': [{ sessionId: null, request: { method: null } }, { sessionId: null, request: { method: null } }],
  'unknown members are passed on': [
    { more: { list: [1, undefined, { deep: 'x' }] }, request: { method: 'GET', via: 'proxy' } },
    { more: { list: [1, null, { deep: 'x' }] }, request: { method: 'GET', via: 'proxy' } },
  ],
  'a long text is not cut': [{ properties: { text: 'ü'.repeat(12000) } }, { properties: { text: 'ü'.repeat(12000) } }],
  'a text with a replacement character stays': [{ sessionId: '\ufffd' }, { sessionId: '\ufffd' }],
  'any key is a key': [{ properties: { 'ä/~"': 1, 7: 2, '': 3 } }, { properties: { 'ä/~"': 1, 7: 2, '': 3 } }],
  'many properties all arrive': [
    { properties: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, index])) },
    { properties: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, index])) },
  ],
  'numbers keep their value': [
    { properties: { a: 1e21, b: -1e-7, c: 2 ** 53, d: 123456789012345680000, e: -0.5, f: Number.MAX_VALUE } },
    { properties: { a: 1e21, b: -1e-7, c: 2 ** 53, d: 123456789012345680000, e: -0.5, f: Number.MAX_VALUE } },
  ],
  'an sdk of the caller stays': [{ sdk: { name: 'mine' } }, { sdk: { name: 'mine' } }],
  'what has toJSON is what that says': [{ page: { href: new URL(HREF) } }, { page: { href: HREF } }],
};
for (const [name, [event, expected]] of Object.entries(SAME)) {
  test(name, async () => {
    const received = await tracked({ page: { href: HREF }, ...event });
    for (const [member, value] of Object.entries(expected)) {
      if (member === 'page') assert.equal(received.page.href, value.href);
      else assert.deepEqual(received[member], value);
    }
  });
}

test('an event arrives the same by its members and as JSON', async () => {
  const event = {
    event: 'page_visit',
    occurredAt: '2026-03-02T09:00:00Z',
    page: { href: HREF, title: null },
    request: { userAgent: 'Ünïcode 😀 "quoted" \u0001' },
    properties: { status: 200, ratio: 0.1, plan: 'enterprise', cached: true, none: null },
  };
  const direct = await tracked(event);
  const json = await sent((client, eventId) => client.trackJson(JSON.stringify({ ...event, eventId })));
  assert.deepEqual({ ...direct, eventId: '' }, { ...json, eventId: '' });
});

// Each with the member that is named and a part of the message.
const REFUSED = {
  'null for an event': [null, '', /found null; expected an object/],
  'an event that is a text': ['event', '', /found a string/],
  'a list for an event': [[], '', /found an array/],
  'an event without a page': [{}, '/page', /is missing/],
  'a page that is null': [{ page: null }, '/page', /found null/],
  'a page without an address': [{ page: { title: 'x' } }, '/page/href', /is missing/],
  'an address with a space': [{ page: { href: 'https://example.com/a b' } }, '/page/href', /found a space at byte 21/],
  'a number for a text': [{ page: { href: HREF, title: 5 } }, '/page/title', /found a number/],
  'NaN': [{ page: { href: HREF }, properties: { 'a/b~': NaN } }, '/properties/a~1b~0', /NaN or an infinity/],
  'an infinity': [{ page: { href: HREF }, properties: { a: -Infinity } }, '/properties/a', /NaN or an infinity/],
  'NaN elsewhere': [{ page: { href: HREF, title: NaN } }, '/page/title', /NaN or an infinity/],
  'a function': [{ page: { href: HREF }, properties: { a() {} } }, '/properties/a', /found a function/],
  'a symbol': [{ page: { href: HREF }, properties: { a: Symbol('x') } }, '/properties/a', /found a symbol/],
  'an object for a property': [{ page: { href: HREF }, properties: { a: {} } }, '/properties/a', /found an object/],
  'a list for a property': [{ page: { href: HREF }, properties: { a: [1] } }, '/properties/a', /found an array/],
  'a list for the properties': [{ page: { href: HREF }, properties: ['a'] }, '/properties', /found an array/],
  'a lone surrogate': [{ page: { href: HREF, title: 'a\ud83d' } }, '/page/title', /half of a surrogate pair/],
  'half a pair in a property': [{ page: { href: HREF }, properties: { a: '\ude00' } }, '/properties/a', /half of a surr/],
  'half a pair in a key': [{ page: { href: HREF }, properties: { '\ude00': 1 } }, '/properties/\ude00', /half of a surr/],
  'an invalid Date': [{ page: { href: HREF }, occurredAt: new Date(NaN) }, '/occurredAt', /invalid Date/],
};
for (const [name, [event, field, message]] of Object.entries(REFUSED)) {
  test(`${name} is refused`, () => {
    const error = refusal(event);
    assert.equal(error.code, 'TPC_ERROR_INVALID_EVENT');
    assert.equal(error.field, field);
    assert.match(error.message, message);
  });
}

test('an event that contains itself is refused at once, in however many ways', () => {
  const event = { page: { href: HREF } };
  event.self = { again: event, once: { more: event } };
  assert.equal(refusal(event).field, '/self/again/self');
});

test('an event of more values than the library takes is refused before they are written', () => {
  let values = [1, 2];
  for (let level = 0; level < 40; level++) values = [values, values];
  assert.ok(failure(() => new Client(NOWHERE).track({ page: { href: HREF }, values })) instanceof TooLargeError);
});

test('refused events are counted, whether they came by their members or as JSON', () => {
  const client = new Client(NOWHERE);
  for (const event of [{ page: { href: 'a b' } }, { page: { href: 'a b' }, more: 1 }, { page: { title: 'x' } }]) {
    failure(() => client.track(event));
  }
  assert.equal(client.stats().refusedInvalid, 3);
});

test('text that is not JSON or not an event is refused', () => {
  const client = new Client(NOWHERE);
  assert.equal(failure(() => client.trackJson('{')).code, 'TPC_ERROR_INVALID_JSON');
  assert.equal(failure(() => client.trackJson('{"event":"page_visit"}')).field, '/page');
  assert.equal(failure(() => client.trackJson('"\ud800"')).code, 'TPC_ERROR_INVALID_JSON');
  for (const odd of [5, null, undefined, Symbol('x'), ['{}']]) assert.equal(failure(() => client.trackJson(odd)).code, 'TPC_ERROR_INVALID_JSON');
  for (const odd of [5, null, undefined, 'x', []]) {
    assert.equal(failure(() => client.trackRequest(odd)).code, 'TPC_ERROR_INVALID_ARGUMENT');
    assert.equal(failure(() => client.eventFromRequest(odd)).code, 'TPC_ERROR_INVALID_ARGUMENT');
  }
});

test('options are written in camel case, and so are their errors', () => {
  const unknown = failure(() => new Client({ requestTimeout: 5 }));
  assert.ok(unknown instanceof OptionError);
  assert.equal(unknown.field, 'requestTimeout');
  assert.match(unknown.message, /did you mean requestTimeoutMs\?/);
  const bad = failure(() => new Client({ maxInFlight: 0 }));
  assert.deepEqual([bad.code, bad.field], ['TPC_ERROR_INVALID_OPTION', 'maxInFlight']);
  for (const value of [null, {}, () => 1]) assert.equal(failure(() => new Client({ apiKey: value })).field, 'apiKey');
});

test('options may be numbers, booleans and lists, and those that are undefined are not given', async () => {
  const { page } = await sent((client, eventId) => client.track({ eventId, page: { href: `${HREF}?a=1&b=2&c=3` } }), {
    redactQuery: ['a', 'c'],
    queueMaxEvents: 10n,
    enabled: true,
    proxy: undefined,
  });
  assert.equal(page.href, `${HREF}?a=REDACTED&b=2&c=REDACTED`);
});

test('options are validated without a client', () => {
  const error = failure(() => events.validateOptions({ apiKey: 'key', caFile: '/nonexistent' }));
  assert.ok(error instanceof OptionError);
  assert.equal(error.field, 'caFile');
  assert.equal(events.validateOptions({ apiKey: 'key' }), undefined);
});

test('a full queue refuses the event', async () => {
  const client = new Client({ ...NOWHERE, queueMaxEvents: 1 });
  client.track({ page: { href: HREF } });
  const error = failure(() => client.track({ page: { href: HREF } }));
  assert.ok(error instanceof QueueFullError);
  assert.equal(error.field, 'queueMaxEvents');
  assert.equal(client.stats().refusedQueueFull, 1);
});

test('a large event is refused', () => {
  const client = new Client({ ...NOWHERE, maxEventBytes: 1024 });
  const error = failure(() => client.track({ page: { href: HREF }, properties: { a: 'x'.repeat(2000) } }));
  assert.ok(error instanceof TooLargeError);
  assert.match(error.message, /maxEventBytes/);
});

test('flush and close return how many events are left', async () => {
  const client = new Client(NOWHERE);
  client.track({ page: { href: HREF } });
  client.track({ page: { href: HREF } });
  assert.equal(await client.flush(0), 2);
  assert.equal(await client.close(0), 2);
});

test('a flush waits beside everything else that Node does', async () => {
  const clients = Array.from({ length: 8 }, () => new Client(NOWHERE));
  for (const client of clients) client.track({ page: { href: HREF } });
  let areWaiting = true;
  const flushes = Promise.all(clients.map((client) => client.flush(60000))).catch(() => (areWaiting = false));
  const { readFile } = await import('node:fs/promises');
  for (let index = 0; index < 50; index++) await readFile(new URL(import.meta.url));
  assert.ok(areWaiting);
  await Promise.all(clients.map((client) => client.close(0)));
  await flushes;
});

test('invalid times are refused', async () => {
  const client = new Client(NOWHERE);
  for (const time of [-1, NaN, '5', null]) {
    await assert.rejects(client.flush(time), { code: 'TPC_ERROR_INVALID_ARGUMENT', field: 'timeoutMs' });
    await assert.rejects(client.close(time), { code: 'TPC_ERROR_INVALID_ARGUMENT', field: 'timeoutMs' });
  }
  client.track({ page: { href: HREF } });
});

test('a closed client takes nothing more', async () => {
  const client = new Client(NOWHERE);
  const closing = client.close(Infinity);
  for (const call of [
    () => client.track({ page: { href: HREF } }),
    () => client.track({ page: { href: HREF }, more: 1 }),
    () => client.trackJson('{}'),
    () => client.stats(),
    () => client.takeReports(),
    () => client.reports(),
  ]) {
    assert.ok(failure(call) instanceof ClosedError);
  }
  await assert.rejects(client.flush(0), ClosedError);
  assert.equal(await closing, 0);
  assert.equal(await client.close(), 0);
});

test('a closed client takes no requests', async () => {
  const client = new Client(NOWHERE);
  await client.close();
  const request = { method: 'GET', host: 'example.com', target: '/' };
  assert.ok(failure(() => client.trackRequest(request)) instanceof ClosedError);
});

test('a shared client is one a process and name', async () => {
  const one = Client.shared({ ...NOWHERE, name: 'shared' });
  const other = Client.shared({ name: 'shared' });
  one.track({ page: { href: HREF } });
  assert.equal(other.stats().accepted, 1);
  assert.equal(await other.close(0), 1);
  await assert.rejects(one.close(0), ClosedError);
});

test('reports come as events end, and those of the last flush before the iteration ends', async () => {
  const client = new Client({ reportCapacity: 100 });
  const ids = [];
  const reading = (async () => {
    for await (const report of client.reports()) {
      assert.deepEqual([report.outcome, report.httpStatus, report.attempts, report.code], ['delivered', 200, 1, '']);
      ids.push(report.eventId);
    }
  })();
  client.track({ eventId: 'a', page: { href: HREF } });
  await client.flush(60000);
  client.track({ eventId: 'b', page: { href: HREF } });
  client.trackJson(JSON.stringify({ event: 'page_visit', eventId: 'c', page: { href: HREF } }));
  assert.equal(await client.close(60000), 0);
  await reading;
  assert.deepEqual(ids.sort(), ['a', 'b', 'c']);
});

test('each report goes to one of several iterations, and all of them end with the client', async () => {
  const client = new Client({ reportCapacity: 100 });
  const ids = [];
  const read = async () => {
    for await (const report of client.reports()) ids.push(report.eventId);
  };
  const readings = [read(), read(), read()];
  for (const eventId of ['a', 'b', 'c', 'd']) client.track({ eventId, page: { href: HREF } });
  await client.close(60000);
  await Promise.all(readings);
  assert.deepEqual(ids.sort(), ['a', 'b', 'c', 'd']);
});

test('an iteration of reports can be left and taken up again', async () => {
  const client = new Client({ reportCapacity: 100 });
  for (const eventId of ['a', 'b', 'c']) client.track({ eventId, page: { href: HREF } });
  const ids = [];
  for await (const report of client.reports()) {
    ids.push(report.eventId);
    break;
  }
  await client.flush(60000);
  assert.equal(client.takeReports().length, 2);
  assert.deepEqual(client.takeReports(), []);
  assert.equal(ids.length, 1);
});

test('without a reportCapacity there are no reports to wait for', () => {
  const client = new Client(NOWHERE);
  assert.equal(failure(() => client.reports()).field, 'reportCapacity');
  assert.deepEqual(client.takeReports(), []);
});

test('an AI agent is named, and nobody else', () => {
  assert.deepEqual(aiAgent('Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'), {
    name: 'GPTBot',
    operator: 'OpenAI',
    purpose: 'training',
  });
  assert.equal(aiAgent('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'), null);
  assert.deepEqual([aiAgent(undefined), aiAgent(null), aiAgent('')], [null, null, null]);
});

test('the AI service that a person comes from is named, by the referrer or by utm_source', () => {
  const chatGPT = { name: 'ChatGPT', operator: 'OpenAI' };
  assert.deepEqual(aiAnswer('https://chatgpt.com/'), { ...chatGPT, evidence: 'referrer' });
  assert.deepEqual(aiAnswer(null, 'https://example.com/?utm_source=openai'), { ...chatGPT, evidence: 'utm' });
  assert.equal(aiAnswer(undefined), null);
  assert.throws(() => aiAnswer(5), TypeError);
});

test('a request is tracked, or the rule that left it out is reported', async () => {
  const headers = { 'user-agent': 'GPTBot/1.2' };
  const request = { method: 'GET', scheme: 'https', host: 'example.com', target: '/a b?q=ü', headers };
  const event = await sent((client, eventId) => {
    assert.equal(client.trackRequest({ ...request, event: { eventId } }), null);
  });
  assert.equal(event.page.href, 'https://example.com/a%20b?q=%C3%BC');
  assert.equal(event.request.userAgent, 'GPTBot/1.2');
  const client = new Client(NOWHERE);
  assert.equal(client.trackRequest({ ...request, method: 'POST' }), 'method');
  assert.equal(client.trackRequest({ ...request, target: '/logo.png' }), 'asset');
  assert.equal(client.stats().leftOut, 2);
  const error = failure(() => client.trackRequest({ ...request, event: { properties: { a: NaN } } }));
  assert.equal(error.field, '/properties/a');
});
