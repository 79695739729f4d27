// SPDX-License-Identifier: Apache-2.0

// Run by node --test, with --throw-deprecation and a listener of warnings that throws: whatever the application's hooks do, its pages
// are served, and its process goes on.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, beforeEach, test } from 'node:test';
import { Client } from 'tpc-events';
import fastify from 'tpc-events/fastify';
import koa from 'tpc-events/koa';
import { pageVisits as nextMiddleware, withPageVisits } from 'tpc-events/next';
import { capture } from 'tpc-events/testing';

const require = createRequire(import.meta.url);
const client = new Client({ apiKey: 'key', baseUrl: 'http://127.0.0.1:1' });
const captured = capture();
const warnings = [];
process.on('warning', (warning) => {
  if (warning.name !== 'TpcWarning') return;
  warnings.push(warning);
  throw new Error('a listener of the application');
});
after(() => captured.stop());
beforeEach(() => {
  captured.events.length = 0;
  warnings.length = 0;
});

const page = (_, response) => response.setHeader('content-type', 'text/html').end('<p>');

/** Asks a server for one page, and waits until the server is done with it. */
async function ask(listener, path = '/') {
  let isOver;
  const over = new Promise((resolve) => (isOver = resolve));
  const server = http.createServer((request, response) => {
    response.once('close', () => setImmediate(() => setImmediate(isOver)));
    return listener(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const headers = { 'user-agent': 'GPTBot/1.2' };
  try {
    const [response] = await once(http.get({ port: server.address().port, path, agent: false, headers }), 'response');
    let body = '';
    for await (const piece of response) body += piece;
    return `${response.statusCode} ${body}`;
  } finally {
    await over;
    server.close();
  }
}

/** Each module, and how it serves one page with these options. */
const MODULES = {
  http: (options) => ask(require('tpc-events/http')(page, options)),
  express: (options) => {
    const app = require('express')();
    app.use(require('tpc-events/express')(options));
    app.get('/', page);
    return ask(app);
  },
  fastify: (options) => {
    let hook;
    fastify({ addHook: (_, added) => (hook = added) }, options, assert.ifError);
    return ask((raw, rawReply) => hook({ raw }, { raw: rawReply }, () => page(raw, rawReply)));
  },
  koa: (options) => {
    const middleware = koa(options);
    return ask((req, res) => middleware({ req, res, app: {} }, async () => page(req, res)));
  },
  'an API route of Next.js': (options) => ask(withPageVisits(page, options)),
  'a route handler of Next.js': async (options) => {
    const handler = withPageVisits(() => new Response('<p>', { headers: { 'content-type': 'text/html' } }), options);
    const response = await handler(new Request('http://127.0.0.1/'));
    await new Promise(setImmediate);
    return `${response.status} ${await response.text()}`;
  },
  'the middleware of Next.js': async (options) => {
    assert.equal(nextMiddleware(options)(new Request('http://127.0.0.1/')), undefined);
    await new Promise(setImmediate);
    return '200 <p>';
  },
};

const odd = (name) => Object.defineProperty(new Error('a secret'), name, { get: () => { throw new Error('getter'); } });
const throws = (value) => () => {
  throw value;
};
const FAULTS = {
  'an error with a numeric code': throws(Object.assign(new Error('E11000'), { code: 11000 })),
  'an error whose code is null': throws(Object.assign(new Error('a'), { code: null })),
  'an error whose code is a symbol': throws(Object.assign(new Error('a'), { code: Symbol('s') })),
  'an error whose message cannot be read': throws(odd('message')),
  'an error whose name cannot be read': throws(odd('name')),
  'an error whose stack cannot be read': throws(odd('stack')),
  'an error whose code cannot be read': throws(odd('code')),
  'an error without a stack': throws(Object.assign(new Error('a'), { stack: undefined })),
  null: throws(null),
  undefined: throws(undefined),
  'a symbol': throws(Symbol('s')),
  'an object without a prototype': throws(Object.create(null)),
  'an object that cannot be a text': throws({ toString: throws(new Error('text')) }),
  'a proxy that throws': throws(new Proxy({}, { getPrototypeOf: throws(1), get: throws(2) })),
  'a rejected promise': async () => Promise.reject(Object.assign(new Error('later'), { code: 5 })),
  'a promise of another kind that fails': () => ({ then: (_, reject) => reject(null) }),
  'a then that throws': () => ({ then: throws(new Error('then')) }),
  'a then that cannot be read': () => Object.defineProperty({}, 'then', { get: throws(7) }),
  'a generator': function* () {},
  'a Map': () => new Map(),
  text: () => 'text',
  true: () => true,
  'a promise of text': async () => 'text',
  'a member that cannot be read': () => Object.defineProperty({}, 'page', { enumerable: true, get: throws(1) }),
};

for (const [name, serve] of Object.entries(MODULES)) {
  test(`${name}: whatever a hook does wrong, the page is served, the visit withheld, and one warning given`, async () => {
    for (const [fault, hook] of Object.entries(FAULTS)) {
      for (const options of [{ client, event: hook }, { client, beforeSend: hook }]) {
        warnings.length = 0;
        assert.equal(await serve(options), '200 <p>', fault);
        assert.deepEqual(captured.events, [], fault);
        assert.deepEqual(warnings.map((warning) => [warning.name, typeof warning.code]), [['TpcWarning', 'undefined']], fault);
        assert.match(warnings[0].message, /^a page visit was not tracked: .+; further failures are not logged$/);
        assert.doesNotMatch(warnings[0].message, /secret|E11000|later/);
      }
    }
  });

  test(`${name}: hooks are awaited once the page was served`, async () => {
    const order = [];
    const event = async () => {
      await new Promise(setImmediate);
      order.push('event');
      return { properties: { plan: 'pro' } };
    };
    const beforeSend = async (visit) => {
      order.push('beforeSend');
      await null;
      return { ...visit, properties: { ...visit.properties, seats: 5 } };
    };
    assert.equal(await serve({ client, event, beforeSend }), '200 <p>');
    const [{ properties }] = await captured.wait(1);
    assert.deepEqual([order, properties.plan, properties.seats], [['event', 'beforeSend'], 'pro', 5]);
  });

  test(`${name}: beforeSend leaves a visit out`, async () => {
    for (const nothing of [null, undefined, false, Promise.resolve(null)]) await serve({ client, beforeSend: () => nothing });
    assert.deepEqual([captured.events, warnings], [[], []]);
  });
}

test('beforeSend gets the whole event, and redaction follows it', async () => {
  let got;
  const own = new Client({ apiKey: 'key', baseUrl: 'http://127.0.0.1:1', redactQuery: ['token'], clientIp: 'truncate' });
  const beforeSend = (visit) => {
    got = structuredClone(visit);
    visit.page.href += '?token=secret';
    visit.request.clientIp = '192.0.2.77';
    return visit;
  };
  await ask(require('tpc-events/http')(page, { client: own, event: () => ({ page: { title: 'T' } }), beforeSend }));
  assert.deepEqual([got.page.title, got.request.userAgent, got.request.clientIp], ['T', 'GPTBot/1.2', '127.0.0.1']);
  const [{ page: sent, request }] = captured.events;
  assert.match(sent.href, /\?token=(?!secret)/);
  assert.equal(request.clientIp, '192.0.2.0');
});

test('beforeSend is not called for what is not a visit', async () => {
  let calls = 0;
  const options = { client, beforeSend: () => void calls++ };
  await ask(require('tpc-events/http')((_, response) => response.writeHead(404).end(), options));
  await ask(require('tpc-events/http')((_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(), options));
  assert.deepEqual([calls, warnings], [0, []]);
});

test('a hook has the asynchronous context of its request, even when the reader left', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const event = () => void seen.push(storage.getStore());
  const wrapped = require('tpc-events/http')((_, response) => response.write('<p>', () => response.destroy()), { client, event });
  await ask((request, response) => storage.run('whole', () => require('tpc-events/http')(page, { client, event })(request, response)));
  await assert.rejects(ask((request, response) => storage.run('broken', () => wrapped(request, response))));
  assert.deepEqual(seen, ['whole', 'broken']);
});

const ODD = {
  'a Date': [new Date(0), '1970-01-01T00:00:00.000Z'],
  'a BigInt': [12n, 12],
  'a String object': [new String('pro'), 'pro'],
  'a Number object': [new Number(5), 5],
  'what has toJSON': [{ toJSON: () => '10.5' }, '10.5'],
  'a URL': [new URL('https://example.com/'), 'https://example.com/'],
  null: [null, null],
};
const LEFT_OUT = {
  NaN: [NaN, 'NaN or an infinity'],
  'a Set': [new Set(), 'a Set'],
  'a function': [() => {}, 'a function'],
  'a symbol': [Symbol('s'), 'a symbol'],
  'an invalid Date': [new Date(NaN), 'an invalid Date'],
  'an array': [[1], 'an Array'],
  'an object': [{ a: 1 }, 'an Object'],
  'half a surrogate pair': ['\ud800', 'half of a surrogate pair'],
};

test('odd properties are converted where it is plain what is meant', async () => {
  const properties = new Map(Object.entries(ODD).map(([name, [given]]) => [name, given]));
  await ask(require('tpc-events/http')(page, { client, event: () => ({ sessionId: 17, page: { title: 5 }, properties }) }));
  const [event] = captured.events;
  for (const [name, [, wanted]] of Object.entries(ODD)) assert.equal(event.properties[name], wanted, name);
  assert.deepEqual([event.sessionId, event.page.title, warnings], ['17', '5', []]);
});

test('what cannot be converted is left out with one warning that names it, and the visit is tracked', async () => {
  const properties = Object.fromEntries(Object.entries(LEFT_OUT).map(([name, [given]]) => [name, given]));
  const event = () => ({ sessionId: true, page: { canonicalUrl: 'not a URL' }, request: { userAgent: Symbol('s') }, properties: { ...properties, plan: 'pro' } });
  const listener = require('tpc-events/http')(page, { client, event });
  for (let count = 0; count < 2; count++) await ask(listener);
  assert.equal(captured.events.length, 2);
  const [visit] = captured.events;
  assert.deepEqual(visit.properties, { plan: 'pro', status: 200 });
  assert.deepEqual([visit.sessionId, visit.page.canonicalUrl, visit.request.userAgent], [undefined, undefined, null]);
  const said = warnings.map(({ message }) => /^page visits are tracked without (\S.*?): found (.*?)[;,]/.exec(message)?.slice(1).join(': ') ?? message);
  const wanted = Object.entries(LEFT_OUT).map(([name, [, found]]) => `/properties/${name}: ${found}`);
  for (const text of [...wanted, '/sessionId: a boolean', '/request/userAgent: a symbol']) assert.ok(said.includes(text), `${text} in ${said}`);
  assert.equal(said.length, wanted.length + 3);
});

/** A value of additions.json, with what has no meaning for it in Node. */
function madeOdd(value) {
  if (value === '<odd>') return new Set();
  if (Object(value) !== value || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, madeOdd(inner)]));
}

function at(visit, pointer) {
  const found = pointer.split('/').slice(1).reduce((holder, name) => holder?.[name], visit);
  return found === undefined ? '<absent>' : found;
}

function merged(event, added) {
  const isObject = (value) => Object(value) === value && !(value instanceof Set);
  for (const [name, value] of Object.entries(added)) event[name] = isObject(value) ? { ...event[name], ...value } : value;
  return event;
}

for (const { title, added, visit, warns } of JSON.parse(readFileSync(process.env.ADDITIONS, 'utf8'))) {
  test(`an odd addition, by the table of all languages: ${title}`, async () => {
    for (const hooks of [{ event: () => madeOdd(added) }, { beforeSend: (event) => merged(event, madeOdd(added)) }]) {
      captured.events.length = 0;
      warnings.length = 0;
      await ask(require('tpc-events/http')(page, { client, ...hooks }), '/pricing');
      assert.equal(captured.events.length, visit === null ? 0 : 1);
      for (const [pointer, wanted] of Object.entries(visit ?? {})) assert.equal(at(captured.events[0], pointer), wanted, pointer);
      const said = warnings.map(({ message }) => [`${warns}: `, `${warns} `].some((text) => message.includes(text)));
      assert.deepEqual(said, warns === null ? [] : [true], warnings.map(({ message }) => message).join());
    }
  });
}

test('a request counts once, however many middleware stand in its way, and the outermost counts', async () => {
  const express = require('express');
  const pageVisits = require('tpc-events/express');
  const named = (by) => pageVisits({ client, event: () => ({ properties: { by } }) });
  const [app, mounted, router] = [express(), express(), express.Router()];
  app.use(named('outer'));
  app.use('/mounted', mounted.use(named('mounted')));
  mounted.use('/router', router.use(named('router')));
  router.get('/page', page);
  await ask(require('tpc-events/http')(app, { client, event: () => ({ properties: { by: 'server' } }) }), '/mounted/router/page');
  await ask(app, '/mounted/router/page');
  assert.deepEqual(captured.events.map((event) => [event.properties.by, event.page.pathname]), [
    ['server', '/mounted/router/page'],
    ['outer', '/mounted/router/page'],
  ]);
});

test('a middleware that tracks nothing does not stand in the way of one that does', async () => {
  const key = process.env.TPC_MAX_IN_FLIGHT;
  process.env.TPC_MAX_IN_FLIGHT = 'many';
  const without = require('tpc-events/http');
  const outer = without(require('tpc-events/http')(page, { client }), { name: 'has no key' });
  if (key === undefined) delete process.env.TPC_MAX_IN_FLIGHT;
  await ask(outer);
  assert.deepEqual([captured.events.length, warnings.length], [1, 1]);
  assert.match(warnings[0].message, /^page visits are not tracked: TPC_MAX_IN_FLIGHT: /);
});
