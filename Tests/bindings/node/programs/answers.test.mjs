// SPDX-License-Identifier: Apache-2.0

// Run by node --test with the table of answers in ANSWERED: every case through real servers. A visit is what was sent.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from 'tpc-events';
import pageVisits from 'tpc-events/http';
import { capture } from 'tpc-events/testing';

const CASES = JSON.parse(readFileSync(process.env.ANSWERED, 'utf8'));
const HTML = { 'content-type': 'text/html' };
const require = createRequire(import.meta.url);
const client = new Client({ apiKey: 'key', baseUrl: 'http://127.0.0.1:1', trustedProxies: ['private'] });
const captured = capture();
after(() => captured.stop());

const folder = mkdtempSync(join(tmpdir(), 'tpc-'));
const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
execFileSync('openssl', [...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout'.split(' '), key, '-out', cert], {
  stdio: 'ignore',
});
const tls = { key: readFileSync(key), cert: readFileSync(cert) };

/** How a response is announced: what it would send, or, with writeHead, a head that cannot be changed any more. */
const announce = { setting: (response, status) => Object.assign(response, { statusCode: status }).setHeader('content-type', 'text/html') };
announce.writing = (response, status) => response.writeHead(status, HTML);

/** A listener that does what a case says; `readers` has what it waits for. */
function application(steps, reader, how) {
  return async (request, response) => {
    const left = new Promise((resolve) => response.once('close', resolve));
    reader.isHere();
    for (const step of steps) {
      const status = Number(/\d{3}/.exec(step)?.[0]);
      if (status) announce[how](response, status);
      else if (step === 'send') await new Promise((resolve) => response.write('<p>text</p>', () => resolve()));
      else if (step === 'end') response.end();
      else if (step === 'wait for the reader to leave') await left;
      else if (step === 'raise') response.destroy();
      else assert.fail(step);
    }
  };
}

/** Asks over HTTP/1 and does what the case's reader does. Resolves when the answer is over, as far as the reader sees. */
async function askOverHttp1(url, reader, arrived) {
  const request = (url.startsWith('https') ? https : http).get(url, { agent: false, rejectUnauthorized: false });
  const over = new Promise((resolve) => request.once('close', resolve));
  request.on('error', () => {});
  request.once('response', (response) => {
    response.on('error', () => {});
    if (reader === 'leaves after the first bytes') response.once('data', () => request.destroy());
    else response.resume();
  });
  if (reader === 'leaves before any answer') arrived.then(() => request.destroy());
  await over;
}

async function askOverHttp2(url, reader, arrived) {
  const session = http2.connect(url, { rejectUnauthorized: false, servername: 'localhost' });
  session.on('error', () => {});
  const stream = session.request({ ':path': '/', ':authority': new URL(url).host });
  const over = new Promise((resolve) => stream.once('close', resolve));
  const leave = () => stream.close(http2.constants.NGHTTP2_CANCEL);
  stream.on('error', () => {});
  if (reader === 'leaves after the first bytes') stream.once('data', leave);
  else stream.resume();
  if (reader === 'leaves before any answer') arrived.then(leave);
  await over;
  session.destroy();
}

function expressServer(listener) {
  const express = require('express');
  const app = express();
  app.use(require('tpc-events/express')({ client }));
  app.use(listener);
  return http.createServer(app);
}

const wrapped = (listener) => pageVisits(listener, { client });
const SERVERS = {
  'node:http': { create: (listener) => http.createServer(wrapped(listener)), ask: askOverHttp1, scheme: 'http' },
  'node:https': { create: (listener) => https.createServer(tls, wrapped(listener)), ask: askOverHttp1, scheme: 'https' },
  'node:http2': { create: (listener) => http2.createServer(wrapped(listener)), ask: askOverHttp2, scheme: 'http' },
  'node:http2 with TLS': { create: (listener) => http2.createSecureServer(tls, wrapped(listener)), ask: askOverHttp2, scheme: 'https' },
  'node:http2 with TLS, asked over HTTP/1': {
    create: (listener) => http2.createSecureServer({ ...tls, allowHTTP1: true }, wrapped(listener)), ask: askOverHttp1, scheme: 'https',
  },
  Express: { create: expressServer, ask: askOverHttp1, scheme: 'http' },
};

/** The visits of one case. Waits until the server, too, sees that the answer is over. */
async function visitsOf({ create, ask, scheme }, steps, readerDoes, how) {
  captured.events.length = 0;
  let isHere;
  const arrived = new Promise((resolve) => (isHere = resolve));
  let isOver;
  const over = new Promise((resolve) => (isOver = resolve));
  const inner = application(steps, { isHere }, how);
  const server = create(async (request, response) => {
    // Later than what the middleware does at the end of the response.
    response.once('close', () => setImmediate(isOver));
    await inner(request, response);
  });
  server.on('sessionError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `${scheme}://127.0.0.1:${server.address().port}`;
  await ask(url, readerDoes, arrived);
  await over;
  server.close();
  return captured.events.map((event) => event.page.href.replace(url, ''));
}

for (const [name, server] of Object.entries(SERVERS)) {
  for (const { title, application: steps, reader, visit } of CASES) {
    test(`${name}: ${title}`, async () => {
      assert.deepEqual(await visitsOf(server, steps, reader, 'setting'), visit ? ['/'] : []);
    });
  }
}

// Written heads cannot be announced anew, and in HTTP/2 they are sent at once.
for (const { title, application: steps, reader, visit } of CASES.filter(({ application: steps }) => !steps.join().includes('instead'))) {
  test(`node:http, a head that is written: ${title}`, async () => {
    assert.deepEqual(await visitsOf(SERVERS['node:http'], steps, reader, 'writing'), visit ? ['/'] : []);
  });
}

test('HTTP/2: a head that is written is sent, and so a visit, even if nothing follows', async () => {
  assert.deepEqual(await visitsOf(SERVERS['node:http2'], ['announce 200', 'raise'], 'stays', 'writing'), ['/']);
});

test('what an application changes after the head was sent does not count', async () => {
  for (const [create, ask, scheme] of [[http.createServer, askOverHttp1, 'http'], [http2.createServer, askOverHttp2, 'http']]) {
    const steps = (request, response) => {
      response.writeHead(200, HTML).write('a page');
      response.statusCode = 500;
      response.end();
    };
    const server = create(wrapped(steps));
    captured.events.length = 0;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    await ask(`${scheme}://127.0.0.1:${server.address().port}`, 'stays', Promise.resolve());
    await captured.wait(1);
    assert.equal(captured.events[0].properties.status, 200);
    server.close();
  }
});

const FORWARDED = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'example.com' };

test('HTTP/2 over a Unix socket: what a proxy says counts', async () => {
  captured.events.length = 0;
  const path = join(folder, 'socket');
  const server = http2.createServer(wrapped((_, response) => response.end('<p>'))).listen(path);
  await once(server, 'listening');
  const { connect } = await import('node:net');
  const session = http2.connect('http://localhost', { createConnection: () => connect(path) });
  await once(session.request({ ':path': '/a', ...FORWARDED }).resume(), 'close');
  session.close();
  server.close();
  const [{ page, request }] = await captured.wait(1);
  assert.deepEqual([page.href, request.clientIp], ['https://example.com/a', '192.0.2.7']);
});

test('what belongs to the request is read when it comes', async () => {
  captured.events.length = 0;
  const server = http.createServer(
    wrapped((request, response) => {
      request.url = '/changed';
      for (const name of Object.keys(request.headers)) delete request.headers[name];
      response.end('<p>');
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}/asked`;
  const [response] = await once(http.get(url, { agent: false, headers: { 'user-agent': 'GPTBot/1.2' } }), 'response');
  await once(response.resume(), 'end');
  server.close();
  const [{ page, request }] = await captured.wait(1);
  assert.deepEqual([page.href, request.userAgent, request.clientIp], [url, 'GPTBot/1.2', '127.0.0.1']);
});
