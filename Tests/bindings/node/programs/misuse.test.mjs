// SPDX-License-Identifier: Apache-2.0

// Run by node --test: modules that are put into a framework they are not for, and options that are wrong.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, beforeEach, test } from 'node:test';
import { Client, OptionError, TpcError } from 'tpc-events';

// Not tpc-events/testing, which lets clients work without a key.
const require = createRequire(import.meta.url);
const [express, pageVisits] = [require('express'), require('tpc-events/express')];
const [koa, fastify, listen, next] = ['koa', 'fastify', 'http', 'next'].map((name) => require(`tpc-events/${name}`));
const client = new Client({ apiKey: 'key', dryRun: true });
const warnings = [];
process.on('warning', ({ message }) => warnings.push(message));
beforeEach(() => (warnings.length = 0));
after(() => client.close());

async function ask(listener, times = 2) {
  const server = http.createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const answers = [];
  for (let count = 0; count < times; count++) {
    const [response] = await once(http.get({ port: server.address().port, agent: false }), 'response');
    let body = '';
    for await (const piece of response) body += piece;
    answers.push(`${response.statusCode} ${body}`);
  }
  server.close();
  return answers;
}

const SERVED = ['200 page', '200 page'];

function inExpress(middleware) {
  const app = express();
  app.use(middleware);
  app.get('/', (_, response) => response.send('page'));
  return app;
}

/** As Koa calls its middleware. */
function inKoa(middleware) {
  const [app, request] = [{ proxy: false }, {}];
  return async (req, res) => {
    await middleware({ req, res, app, request, onerror() {} }, async () => res.end('page'));
    if (!res.writableEnded) res.writeHead(404).end();
  };
}

/** As Hono calls its middleware. */
function inHono(middleware) {
  return async (req, res) => {
    await middleware({ req: { raw: new Request('http://a/'), header() {} }, env: {} }, async () => res.end('page'));
    res.end();
  };
}

const WRONG = {
  "Koa's in Express": [() => inExpress(koa({ client })), /tpc-events\/koa is not .+ use app\.use\(require\('tpc-events\/express'\)\(\)\)/],
  "Fastify's in Express": [() => inExpress(fastify), /tpc-events\/fastify is not .+ use app\.use\(require\('tpc-events\/express'\)\(\)\)/],
  "Next's in Express": [() => inExpress(next.pageVisits({ client })), /tpc-events\/next is not .+ use app\.use\(require\('tpc-events\/express'\)\(\)\)/],
  "http's, not called, in Express": [() => inExpress(listen), /tpc-events\/http is not .+ use app\.use\(require\('tpc-events\/express'\)\(\)\)/],
  'not called, in Express': [() => inExpress(pageVisits), /tpc-events\/express .+was not called/],
  "Express's in Koa": [() => inKoa(pageVisits({ client })), /tpc-events\/express is not .+ use app\.use\(require\('tpc-events\/koa'\)\(\)\)/],
  "Fastify's in Koa": [() => inKoa(fastify), /tpc-events\/fastify is not .+ use app\.use\(require\('tpc-events\/koa'\)\(\)\)/],
  "Next's in Koa": [() => inKoa(next.pageVisits({ client })), /tpc-events\/next is not .+ use app\.use\(require\('tpc-events\/koa'\)\(\)\)/],
  'not called, in Koa': [() => inKoa(koa), /tpc-events\/koa .+was not called/],
  "Express's in Hono": [() => inHono(pageVisits({ client })), /use tpc-events\/http/],
  "Koa's in Hono": [() => inHono(koa({ client })), /use tpc-events\/http/],
};

for (const [name, [listener, warning]] of Object.entries(WRONG)) {
  test(`the wrong framework: ${name}: pages are served, and one warning names the right module`, async () => {
    assert.deepEqual(await ask(listener()), SERVED);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], warning);
  });
}

test("the wrong framework: a wrapped listener goes on whatever it is called with", async () => {
  const wrapped = listen((context, goOn) => goOn(), { client });
  assert.equal(wrapped({}, () => 'went on'), 'went on');
  assert.match(warnings[0], /a page visit was not tracked/);
});

test('the wrong framework is an error where it shows when it is put in', () => {
  const server = { addHook() {} };
  const refused = (call) => {
    assert.throws(call, (error) => error instanceof TpcError && /expected/.test(error.message));
  };
  refused(() => listen(server));
  refused(() => listen({ callback() {}, use() {} }));
  refused(() => listen());
  refused(() => fastify());
  refused(() => pageVisits({ client })(server, {}, () => {}));
  refused(() => pageVisits(server, {}, () => {}));
  refused(() => koa(server, {}, () => {}));
  refused(() => next.withPageVisits(undefined));
});

const MADE = {
  express: (options) => pageVisits(options),
  koa: (options) => koa(options),
  http: (options) => listen(() => {}, options),
  fastify: (options) => fastify({ addHook() {} }, options, (error) => { if (error) throw error; }),
  'next, middleware': (options) => next.pageVisits(options),
  'next, handler': (options) => next.withPageVisits(() => {}, options),
};

for (const [name, make] of Object.entries(MADE)) {
  test(`${name}: a wrong option is an error when the middleware is made`, () => {
    const wrong = { apikey: 'k', maxInFlight: 'many', event: 'text', beforeSend: {}, client: {}, logger: {}, trustedProxies: 'no address' };
    for (const [option, value] of Object.entries(wrong)) {
      for (const others of [{ apiKey: 'k' }, {}]) {
        assert.throws(() => make({ ...others, [option]: value }), (error) => error instanceof OptionError && error.field === option, option);
      }
    }
    assert.throws(() => make({ client, trustdProxies: 'private' }), { field: 'trustdProxies' });
    assert.deepEqual(warnings, []);
  });

  test(`${name}: a missing key, or a wrong environment, is a warning, once, and nothing is tracked`, async () => {
    make();
    process.env.TPC_MAX_IN_FLIGHT = 'many';
    make({ apiKey: 'k' });
    delete process.env.TPC_MAX_IN_FLIGHT;
    make({ client, trustedProxies: 'private' });
    assert.equal(warnings.length, 3);
    assert.match(warnings[0], /^page visits are not tracked: apiKey: no credential is set/);
    assert.match(warnings[1], /^page visits are not tracked: TPC_MAX_IN_FLIGHT: /);
    assert.match(warnings[2], /^trustedProxies: not used, since `client` has its own options/);
  });
}

test('a logger that is given gets the warnings', async () => {
  const said = [];
  const logger = { error() {}, warn: (text) => said.push(text), info() {}, debug() {} };
  listen(() => {}, { logger });
  assert.equal(said.length, 1);
  assert.deepEqual(warnings, []);
});

test('without options, the middleware that are not configured serve their pages', async () => {
  const app = inExpress(pageVisits());
  assert.deepEqual(await ask(app), SERVED);
  assert.equal(warnings.length, 1);
});
