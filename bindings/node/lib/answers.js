// SPDX-License-Identifier: Apache-2.0
'use strict';

// When a response of node:http or node:http2 has been answered, and with what. Answered is what was sent: status and headers are
// out, whether or not the reader stayed for the rest.

/**
 * Calls `answered` once, with the status and content type that were sent. It is not called for what was never sent. `late` is used in
 * its place when the response broke off, which is reported outside the request's own asynchronous context.
 */
function whenAnswered(response, answered, late = answered) {
  let isOver = false;
  const end = (isSent, tell) => {
    if (isOver) return;
    isOver = true;
    if (isSent) tell(response);
  };
  // In HTTP/2 this also comes when the stream was reset, before any answer or after it.
  response.on('finish', () => end(response.headersSent !== false, answered));
  response.on('close', () => end(isHeadSent(response), late));
}

/** headersSent of HTTP/1 says no more than that the head is written down: it goes out with the body's first bytes. */
function isHeadSent(response) {
  return response._headerSent ?? response.headersSent;
}

const SENT_TYPE = /^content-type: *([^\r\n]+)/im;

/** The status and the content type that were sent. An application can change its response afterwards, without any effect. */
function answerOf(response) {
  const sent = response.stream?.sentHeaders;
  if (sent !== undefined) return { status: sent[':status'], contentType: textOf(sent['content-type']) };
  const head = response._header;
  // HTTP/1 headers that only writeHead was called with, as Fastify does, are nowhere but in the text that was sent.
  const contentType = textOf(response.getHeader?.('content-type') ?? SENT_TYPE.exec(head)?.[1]);
  return { status: typeof head === 'string' ? Number(head.slice(9, 12)) : response.statusCode, contentType };
}

function textOf(value) {
  return value === undefined ? undefined : String(value);
}

module.exports = { answerOf, whenAnswered };
