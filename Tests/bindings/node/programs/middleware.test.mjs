// SPDX-License-Identifier: Apache-2.0

// Run by node --test, with a collector that THE_PROMPTING_COMPANY_BASE_URL names. node:http and node:http2 are the real
// ones; Fastify and Next.js are played by what their documentation says that they call and with what.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import { connect } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { Client } from 'tpc-events';
import express from 'tpc-events/express';
import fastify from 'tpc-events/fastify';
import koa from 'tpc-events/koa';
import listen from 'tpc-events/http';
import { pageVisits, withPageVisits } from 'tpc-events/next';

const COLLECTOR = process.env.THE_PROMPTING_COMPANY_BASE_URL;
const HEADERS = { 'user-agent': 'GPTBot/1.2', referer: 'https://chatgpt.com/', cookie: 'a=1', authorization: 'Bearer b' };
const client = new Client();
const require = createRequire(import.meta.url);

beforeEach(() => fetch(`${COLLECTOR}/_tpc/reset`, { method: 'POST' }));

async function serve(listener, create = http.createServer, where = [0, '127.0.0.1']) {
  const server = create(listener);
  server.unref();
  await once(server.listen(...where), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

/** A request whose connection ends with it. */
async function get(url, headers = HEADERS, method = 'GET') {
  const [response] = await once(http.request(url, { headers, method, agent: false }).end(), 'response');
  let body = '';
  for await (const piece of response) body += piece;
  return { status: response.statusCode, body };
}

/** The events that have arrived, once those that were tracked have. */
async function received(from = client) {
  assert.equal(await from.flush(60000), 0);
  const { events } = await (await fetch(`${COLLECTOR}/_tpc/good`)).json();
  return events.map(({ event }) => event);
}

test('a listener of node:http is wrapped, and called as it was', async () => {
  const url = await serve(
    listen(function (request, response) {
      assert.ok(this instanceof http.Server);
      response.end(`asked for ${request.url}`);
    }, { client }),
  );
  assert.deepEqual(await get(`${url}/a?b=%20c`), { status: 200, body: 'asked for /a?b=%20c' });
  const [event, ...others] = await received();
  assert.deepEqual(others, []);
  assert.equal(event.page.href, `${url}/a?b=%20c`);
  assert.deepEqual(event.request, {
    referrer: 'https://chatgpt.com/',
    userAgent: 'GPTBot/1.2',
    clientIp: '127.0.0.1',
    method: 'GET',
  });
  assert.equal(event.sdk.name, 'tpc-events');
});

test('requests that are not page visits leave no event', async () => {
  const answer = (request, response) => response.writeHead(request.url === '/gone' ? 410 : 200).end();
  const url = await serve(listen(answer, { client }));
  await get(`${url}/gone`);
  await get(`${url}/style.css`);
  await get(`${url}/form`, HEADERS, 'POST');
  await get(`${url}/soon`, { ...HEADERS, purpose: 'prefetch' });
  await get(`${url}/frame`, { ...HEADERS, 'sec-fetch-dest': 'iframe' });
  await get(`${url}/page`);
  assert.deepEqual((await received()).map((event) => event.page.pathname), ['/page']);
});

test('the content type decides, however it was set', async () => {
  const json = { 'Content-Type': 'application/json' };
  const answers = {
    '/set': (response) => response.setHeader('content-type', 'application/json').end(),
    '/object': (response) => response.writeHead(200, json).end(),
    '/message': (response) => response.writeHead(200, 'OK', json).end(),
    '/list': (response) => response.writeHead(200, ['content-type', 'application/json']).end(),
    '/both': (response) => response.setHeader('x-a', 'b').writeHead(200, json).end(),
    '/value': (response) => response.writeHead(200, { 'x-a': 'content-type: application/json' }).end(),
    '/wiki/Node.js': (response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(),
  };
  const url = await serve(listen((request, response) => answers[request.url](response), { client }));
  for (const path of Object.keys(answers)) await get(`${url}${path}`);
  assert.deepEqual((await received()).map((event) => event.page.pathname), ['/value', '/wiki/Node.js']);
});

test('bytes that are not UTF-8 are taken as Latin-1', async () => {
  const url = await serve(listen((_, response) => response.end(), { client }));
  await get(url, { 'user-agent': 'Agent/\xe4' });
  const [event] = await received();
  assert.equal(event.request.userAgent, 'Agent/ä');
});

test('a request without a host is one of this machine', async () => {
  const url = new URL(await serve(listen((_, response) => response.end(), { client })));
  const socket = connect(url.port, url.hostname);
  socket.end('GET /a HTTP/1.0\r\n\r\n').resume();
  await once(socket, 'close');
  assert.deepEqual((await received()).map((event) => event.page.href), ['http://localhost/a']);
});

test('HTTP/2 has the host and the scheme in its own places', async () => {
  const url = await serve(listen((_, response) => response.end('ok'), { client }), http2.createServer);
  const session = http2.connect(url);
  const stream = session.request({ ':path': '/over-http-2', ...HEADERS }).resume();
  await once(stream, 'end');
  session.close();
  const [event] = await received();
  assert.equal(event.page.href, `${url}/over-http-2`);
  assert.equal(event.request.clientIp, '127.0.0.1');
});

test('what the application adds counts before what the request says', async () => {
  const event = (request, response) => ({
    sessionId: request.headers['x-session'],
    page: { title: 'A title' },
    properties: { status: response.statusCode },
  });
  const url = await serve(listen((_, response) => response.end(), { client, event }));
  await get(url, { ...HEADERS, 'x-session': 's1' });
  const [{ sessionId, page, properties }] = await received();
  assert.deepEqual([sessionId, page.title, properties], ['s1', 'A title', { status: 200 }]);
});

test('a hook that returns false withholds the visit, in every module', async () => {
  const event = (request) => new URL(request.url ?? request.raw.url, 'http://x').pathname === '/no' ? false : undefined;
  const end = (_, response) => response.end();
  const hooks = [];
  fastify({ addHook: (_, hook) => hooks.push(hook) }, { client, event }, () => {});
  const servers = [
    listen(end, { client, event }),
    (request, response) => express({ client, event })(request, response, () => response.end()),
    (raw, rawReply) => hooks[0]({ raw }, { raw: rawReply }, () => rawReply.end()),
    withPageVisits(end, { client, event }),
  ];
  for (const server of servers) {
    const url = await serve(server);
    for (const path of ['/no', '/yes']) assert.equal((await get(url + path)).status, 200);
  }
  const handler = withPageVisits(() => new Response('', { headers: { 'content-type': 'text/html' } }), { client, event });
  for (const path of ['/no', '/yes']) {
    const request = () => new Request(`https://example.com${path}`, { headers: HEADERS });
    pageVisits({ client, event })(request());
    await handler(request(), {});
  }
  assert.deepEqual((await received()).map(({ page }) => page.pathname), Array(6).fill('/yes'));
});

test('without a client of its own it uses the shared one, with its options', async () => {
  const options = { name: 'of the middleware', excludePaths: ['/private/*'] };
  const url = await serve(listen((_, response) => response.end(), options));
  await get(`${url}/private/a`);
  await get(`${url}/public`);
  const shared = Client.shared({ name: 'of the middleware' });
  assert.deepEqual((await received(shared)).map((event) => event.page.pathname), ['/public']);
  assert.equal(shared.stats().leftOut, 1);
  await shared.close();
});

const FORWARDED = { ...HEADERS, host: 'example.com', 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' };

/** The client's address and the page's scheme in the event of a request with these headers. */
async function origin(options, ask) {
  await fetch(`${COLLECTOR}/_tpc/reset`, { method: 'POST' });
  const own = new Client(options);
  await ask(listen((_, response) => response.end(), { client: own }));
  const [event] = await received(own);
  await own.close();
  return [event.request.clientIp, new URL(event.page.href).protocol];
}

test('in Fastify, too, a proxy counts that only the library was told of', async () => {
  const ask = async () => {
    const own = new Client({ trustedProxies: ['127.0.0.0/8'] });
    let hook;
    fastify({ addHook: (_, added) => (hook = added) }, { client: own }, assert.ifError);
    await get(await serve((raw, rawReply) => hook({ raw, ip: '127.0.0.1' }, { raw: rawReply }, () => rawReply.end())), FORWARDED);
    const [event] = await received(own);
    await own.close();
    return event.request.clientIp;
  };
  assert.equal(await ask(), '192.0.2.7');
});

test('a client is believed about itself through a trusted proxy alone', async () => {
  const ask = async (listener) => get(await serve(listener), FORWARDED);
  assert.deepEqual(await origin({ trustedProxies: ['127.0.0.0/8'] }, ask), ['192.0.2.7', 'https:']);
  assert.deepEqual(await origin({ trustedProxies: ['10.0.0.0/8'] }, ask), ['127.0.0.1', 'http:']);
});

test('an address is the same where the server listens for IPv6 as well', async () => {
  const ask = async (listener) => get(await serve(listener, http.createServer, [0, '::']), FORWARDED);
  assert.deepEqual(await origin({ trustedProxies: ['127.0.0.0/8'] }, ask), ['192.0.2.7', 'https:']);
});

test('a proxy may come through a Unix socket', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'tpc-')), 'socket');
  const ask = async (listener) => {
    await serve(listener, http.createServer, [path]);
    await get({ socketPath: path });
  };
  const get = async (where) => {
    const [response] = await once(http.request({ ...where, headers: FORWARDED, agent: false }).end(), 'response');
    await once(response.resume(), 'end');
  };
  assert.deepEqual(await origin({ trustedProxies: ['private'] }, ask), ['192.0.2.7', 'https:']);
});

test('a connection that is gone does not pass for a Unix socket', async () => {
  const ask = async (listener) => {
    const response = Object.assign(new EventEmitter(), { statusCode: 200, end() {} });
    listener({ method: 'GET', url: '/', headers: FORWARDED, socket: { server: { address: () => ({}) } } }, response);
    response.emit('finish');
  };
  assert.deepEqual(await origin({ trustedProxies: ['private'] }, ask), [undefined, 'http:']);
});

test('the content type decides, the status is told, and headers are UTF-8 or else Latin-1', async () => {
  const url = await serve(
    listen(
      (request, response) => {
        response.setHeader('Content-Type', request.url === '/api' ? 'application/json' : 'text/html; charset=utf-8');
        response.end();
      },
      { client },
    ),
  );
  const bytes = (text) => Buffer.from(text, 'utf8').toString('latin1');
  for (const [path, agent] of [['/api', 'A'], ['/wiki/Node.js', bytes('Brówser')], ['/b', 'Gr\xfcn']]) {
    const [response] = await once(http.request(url + path, { headers: { 'user-agent': agent } }).end(), 'response');
    await once(response.resume(), 'end');
  }
  const events = await received();
  assert.deepEqual(
    events.map(({ page, request, properties }) => [page.pathname, request.userAgent, properties]),
    [['/wiki/Node.js', 'Brówser', { status: 200 }], ['/b', 'Grün', { status: 200 }]],
  );
});

const PROXIED = {
  ...HEADERS, 'x-forwarded-for': '198.51.100.1, 192.0.2.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'example.com:8443',
};
const TRUSTED = ['https://example.com:8443/', '192.0.2.7'];

/** The page's URL, without the server's own address, and the client's address, for each of these listeners. */
async function found(...listeners) {
  for (const listener of listeners) await get(await serve(listener), PROXIED);
  const events = await received();
  return events.map(({ page, request }) => [page.href.replace(/http:\/\/127.0.0.1:\d+/, ''), request.clientIp]);
}

test('Express: what it found by its list of proxies is told, unless it believes everybody', async () => {
  const application = (trusted) => {
    const app = require('express')();
    app.set('trust proxy', trusted);
    app.use(express({ client }));
    return app.use((_, response) => response.send('page'));
  };
  const untrusted = ['/', '127.0.0.1'];
  const settings = ['loopback', 1, true, false, '192.0.2.0/24'];
  assert.deepEqual(await found(...settings.map(application)), [TRUSTED, TRUSTED, untrusted, untrusted, untrusted]);
});

test('Fastify: what it found by its list of proxies is told, unless it believes everybody', async () => {
  const proxyAddr = require('proxy-addr');
  const application = (trusts) => {
    let hook;
    fastify({ addHook: (_, added) => (hook = added) }, { client, prefix: '/any' }, assert.ifError);
    // As Fastify makes its requests.
    const prototype = {
      get ip() {
        return proxyAddr.all(this.raw, trusts).at(-1);
      },
      get ips() {
        return proxyAddr.all(this.raw, trusts);
      },
      get protocol() {
        return this.raw.headers['x-forwarded-proto'];
      },
      get host() {
        return this.raw.headers['x-forwarded-host'];
      },
    };
    return (raw, rawReply) => hook(Object.create(trusts ? prototype : {}, { raw: { value: raw } }), { raw: rawReply }, () => rawReply.end('page'));
  };
  const trusts = [proxyAddr.compile('loopback'), () => true, undefined];
  assert.deepEqual(await found(...trusts.map(application)), [TRUSTED, ['/', '127.0.0.1'], ['/', '127.0.0.1']]);
});

test('Koa: what it found by its settings is told, unless these believe everybody', async () => {
  const application = (app) => (req, res) => {
    const [address] = TRUSTED.slice(1);
    koa({ client })({ req, res, app, ip: address, protocol: 'https', host: 'example.com:8443' }, async () => res.end('page'));
  };
  const settings = [
    { proxy: true, maxIpsCount: 1 }, { proxy: true, maxIpsCount: 0, proxyIpHeader: 'X-Real-IP' },
    { proxy: true, maxIpsCount: 0, proxyIpHeader: 'X-Forwarded-For' }, { proxy: false, maxIpsCount: 1 },
  ];
  assert.deepEqual(await found(...settings.map(application)), [TRUSTED, TRUSTED, ['/', '127.0.0.1'], ['/', '127.0.0.1']]);
});

test('what a proxy sent in place of a host or scheme is not told', async () => {
  const app = { get: (name) => (name === 'trust proxy' ? 'loopback' : () => true) };
  const listener = (request, response) => {
    Object.assign(request, { app, ip: '192.0.2.7', protocol: 'gopher' });
    request.headers['x-forwarded-host'] = 'example.com/admin?';
    express({ client })(request, response, () => response.end('page'));
  };
  assert.deepEqual(await found(listener), [['/', '192.0.2.7']]);
});

test('Koa: the middleware goes on at once, and the hook gets the context', async () => {
  const middleware = koa({ client, event: (context) => ({ properties: { route: context.routerPath } }) });
  const url = await serve(async (req, res) => {
    const goOn = async () => (res.end('ok'), 'its own');
    assert.equal(await middleware({ req, res, app: {}, routerPath: '/:name' }, goOn), 'its own');
  });
  assert.equal((await get(`${url}/a`)).body, 'ok');
  const [{ page, properties }] = await received();
  assert.deepEqual([page.pathname, properties.route], ['/a', '/:name']);
});

test('Express: the address is the whole one, wherever the application is mounted', async () => {
  const middleware = express({ client });
  const url = await serve((request, response) =>
    middleware(request, response, () => {
      // As a router does it.
      request.originalUrl = request.url;
      request.url = '/cut';
      response.end();
    }),
  );
  await get(`${url}/mounted/cut`);
  assert.deepEqual((await received()).map((event) => event.page.pathname), ['/mounted/cut']);
});

test('Fastify: a plugin for the whole application adds a hook that goes on at once', async () => {
  const hooks = [];
  const application = { addHook: (name, hook) => (assert.equal(name, 'onRequest'), hooks.push(hook)) };
  const event = (request, reply) => ({ properties: { route: request.routeOptions.url, status: reply.statusCode } });
  let isDone = false;
  fastify(application, { client, event }, (error) => (assert.ifError(error), (isDone = true)));
  assert.ok(isDone && fastify[Symbol.for('skip-override')]);
  const url = await serve((raw, rawReply) => {
    const [request, reply] = [{ raw, routeOptions: { url: '/:name' } }, { raw: rawReply, statusCode: 200 }];
    hooks[0](request, reply, () => rawReply.end('ok'));
  });
  assert.equal((await get(`${url}/a`)).body, 'ok');
  const [{ page, properties }] = await received();
  assert.deepEqual([page.pathname, properties], ['/a', { route: '/:name', status: 200 }]);
});

test('Next.js: middleware records the request and lets it pass', async () => {
  const middleware = pageVisits({ client });
  assert.equal(middleware(new Request('https://example.com/blog/a?b=1', { headers: HEADERS })), undefined);
  middleware(new Request('https://example.com/logo.png', { headers: HEADERS }));
  const [event, ...others] = await received();
  assert.deepEqual(others, []);
  assert.equal(event.page.href, 'https://example.com/blog/a?b=1');
  assert.equal(event.request.userAgent, 'GPTBot/1.2');
});

test('Next.js: a route handler is called as it was, and its answer is tracked', async () => {
  const event = (request, response) => ({ properties: { type: response.headers.get('content-type') } });
  const handler = withPageVisits(
    async (request, { params }) => new Response(params.name, { status: params.name === 'gone' ? 410 : 200 }),
    { client, event },
  );
  const request = new Request('https://example.com/api/a', { headers: HEADERS });
  assert.equal(await (await handler(request, { params: { name: 'a' } })).text(), 'a');
  assert.equal((await handler(request, { params: { name: 'gone' } })).status, 410);
  const faulty = withPageVisits(() => Promise.reject(new Error('a fault of the application')), { client });
  await assert.rejects(faulty(request), /a fault/);
  const [{ properties }, ...others] = await received();
  assert.deepEqual([properties, others], [{ status: 200, type: 'text/plain;charset=UTF-8' }, []]);
});

test('Next.js: an API route of the pages router is called as it was, and its answer is tracked', async () => {
  const url = await serve(withPageVisits((request, response) => response.end('ok'), { client }));
  assert.equal((await get(`${url}/api/b`)).body, 'ok');
  assert.deepEqual((await received()).map((event) => event.page.pathname), ['/api/b']);
});

test('require gives the same modules', () => {
  assert.equal(require('tpc-events/express'), express);
  assert.equal(require('tpc-events/koa'), koa);
  assert.equal(require('tpc-events/fastify'), fastify);
  assert.equal(require('tpc-events/http'), listen);
  assert.equal(require('tpc-events/next').pageVisits, pageVisits);
});
