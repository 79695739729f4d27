// SPDX-License-Identifier: Apache-2.0
'use strict';

// A module that was given to a framework it is not for. Where that shows when it is put in, it is an error; where it shows only when
// requests come, it is a warning, once, and the request goes its way.

const { TpcError } = require('./errors.js');
const { tell } = require('./log.js');

const isFunction = (value) => typeof value === 'function';

function isIncoming(value) {
  return typeof value?.method === 'string' && typeof value.headers === 'object';
}

/** The module for a framework that calls its middleware with these arguments, and how it is put in; undefined when that is not known. */
function rightModule([first, second, third]) {
  if (isFunction(first?.addHook)) return 'fastify.register(require(\'tpc-events/fastify\'))';
  if (isFunction(second) && first?.req !== undefined && first.res !== undefined && first.app !== undefined && first.node === undefined) {
    return isFunction(first.onerror) || first.request !== undefined || isIncoming(first.req)
      ? 'app.use(require(\'tpc-events/koa\')())'
      : 'tpc-events/http around the server of node:http';
  }
  if (isIncoming(first) && isFunction(third)) return 'app.use(require(\'tpc-events/express\')())';
  if (isFunction(first?.headers?.get)) return 'tpc-events/next';
  return undefined;
}

const said = new Set();

/** Once in a process. */
function warnOnce(text) {
  if (said.has(text)) return;
  said.add(text);
  tell('warn', text);
}

/**
 * For a call whose arguments are not those of the module `name`: warns, and goes on with what the framework calls its next
 * handler. Returns what that returns, which Koa waits for.
 */
function passOn(name, values) {
  try {
    warnOnce(`page visits are not tracked: tpc-events/${name} is not for this framework, or was not called; use ${rightModule(values) ?? 'tpc-events/http'}`);
  } catch {
    // Whatever the framework's objects threw.
  }
  const next = [values[2], values[1]].find(isFunction);
  return next?.();
}

/** The error for what a module was given when it was put in. */
function misuse(field, found, expected) {
  const kind = found === null ? 'null' : Array.isArray(found) ? 'an array' : typeof found === 'undefined' ? 'nothing' : `a value of type ${typeof found}`;
  return new TpcError('TPC_ERROR_INVALID_ARGUMENT', field, `found ${kind}; expected ${expected}`);
}

/** Whether a module itself was put in as middleware, in place of what it returns: app.use(pageVisits) without the call. */
function isCalledByFramework(values) {
  return values.length > 1 && (isFunction(values[1]) || isFunction(values[2])) && typeof values[0] === 'object';
}

module.exports = { isCalledByFramework, misuse, passOn };
