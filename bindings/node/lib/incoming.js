// SPDX-License-Identifier: Apache-2.0
'use strict';

// Reads requests of node:http and node:http2, when they come: later their connection may be gone, and their headers and address
// may have been changed.

const BEYOND_ASCII = /[\x80-\xff]/;
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
let headers;

/** The request headers that the library reads. The addon is loaded on first use: an application without libcurl has to start. */
function requestHeaders() {
  headers ??= require('./addon.js').requestHeaders;
  return headers;
}

/** A header's text, which Node reads as Latin-1: UTF-8 where its bytes are that. */
function textOf(value) {
  if (typeof value !== 'string' || !BEYOND_ASCII.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/** Whether a connection has no remote address because it is local, rather than because it has been closed. */
function isUnixSocket(socket) {
  return typeof socket?.server?.address() === 'string';
}

/** The peer, and whether the connection is encrypted. The socket of an HTTP/2 session that has ended throws. */
function connectionOf(request) {
  try {
    const { socket } = request;
    const remoteAddress = socket?.remoteAddress ?? (isUnixSocket(socket) ? 'unix:' : undefined);
    return { remoteAddress, scheme: socket?.encrypted ? 'https' : 'http' };
  } catch {
    return { remoteAddress: undefined, scheme: request.scheme === 'https' ? 'https' : 'http' };
  }
}

/**
 * What the application's own list of proxies made of the request: the visitor's address, scheme and host. Only what is well formed
 * counts, since a proxy may have sent anything.
 */
function foundOf(read) {
  try {
    const { clientAddress, scheme, host } = read() ?? {};
    return {
      clientAddress: typeof clientAddress === 'string' ? clientAddress : undefined,
      scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined,
      host: HOST.test(host) ? host : undefined,
    };
  } catch {
    return {};
  }
}

/** A request as trackRequest takes it, without the answer. `found` returns what the framework found by its own list of proxies. */
function incomingOf(request, found) {
  const headers = {};
  for (const name of requestHeaders()) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = textOf(value);
  }
  const { remoteAddress, scheme } = connectionOf(request);
  const known = found === undefined ? undefined : foundOf(found);
  return {
    method: request.method,
    scheme: known?.scheme ?? scheme,
    // HTTP/1.0 allows a request without a host, which only a proxy may know: else the page is this machine's.
    host: known?.host ?? textOf(request.headers.host ?? request.headers[':authority']) ?? 'localhost',
    // Express and similar frameworks cut the mount path off `url`; `originalUrl` still has it.
    target: request.originalUrl ?? request.url,
    remoteAddress,
    clientAddress: known?.clientAddress,
    headers,
  };
}

module.exports = { incomingOf, requestHeaders, textOf };
