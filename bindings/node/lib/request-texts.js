// SPDX-License-Identifier: Apache-2.0
'use strict';

// The fast path into the library for nearly all web requests: those that are texts, without anything that the application adds.
// All of them cross into C as one string, without JSON that would be written here and read there.

const { requestHeaders } = require('./addon.js');

const LONE_SURROGATE = /\p{Surrogate}/u;

/** What a text of this number (TPC_REQUEST_... of tpc.h) begins with. */
const mark = (number) => String.fromCharCode(number + 1);

const MARKS = new Map(
  ['method', 'scheme', 'host', 'target', 'remoteAddress', 'clientAddress', 'contentType', 'status'].map((name, number) => [name, mark(number)]),
);
const HEADER_MARKS = new Map(requestHeaders.map((name, index) => [name, mark(16 + index)]));

/**
 * The texts of a request, each after its mark and before a NUL, and their number; null when the request has to be passed as JSON.
 */
function requestTexts(request) {
  if (typeof request !== 'object' || request === null || (request.event !== undefined && request.event !== null)) return null;
  let [text, count] = ['', 0];
  for (const name of Object.keys(request)) {
    let value = request[name];
    if (value === undefined || value === null) continue;
    if (name === 'status' && Number.isInteger(value)) value = `${value}`;
    else if (name === 'status' || typeof value !== 'string') {
      if (name === 'headers' && typeof value === 'object' && !Array.isArray(value)) continue;
      return null;
    }
    const found = MARKS.get(name);
    if (found === undefined) return null;
    text += `${found}${value}\0`;
    count += 1;
  }
  const headers = request.headers ?? {};
  for (const name of Object.keys(headers)) {
    const found = HEADER_MARKS.get(name) ?? HEADER_MARKS.get(name.toLowerCase());
    const value = headers[name];
    if (found === undefined) continue;
    if (typeof value !== 'string') return null;
    text += `${found}${value}\0`;
    count += 1;
  }
  return LONE_SURROGATE.test(text) ? null : [text, count];
}

module.exports = { requestTexts };
