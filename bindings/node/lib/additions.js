// SPDX-License-Identifier: Apache-2.0
'use strict';

// What an application adds to a visit, made into what the contract takes: converted where it is plain what is meant, and otherwise
// left out, one member at a time, so that the visit is not lost for it.

const { types } = require('./builtin.js')('util');
const { TpcError, ValidationError } = require('./errors.js');

/** The contract's objects, and those of their members that are text. Others are passed on as they are. */
const TEXTS = {
  page: new Set(['href', 'domain', 'pathname', 'title', 'canonicalUrl']),
  request: new Set(['referrer', 'userAgent', 'clientIp', 'method']),
  sdk: new Set(['name', 'version', 'runtime']),
  properties: new Set(),
};
const IDS = new Set(['eventId', 'sessionId', 'anonymousId']);
const LONE_SURROGATE = /\p{Surrogate}/u;
/** What the request says would take their place, and the application may have wanted to hide it: without these, nothing is sent. */
const HIDING = new Set(['/page', '/page/href', '/request']);
/** More members that the library refuses than this are not looked for: the visit is lost. */
const MOST_REFUSED = 16;
const PROPERTY = 'text, a number, true, false or null';
const TEXT = 'text or null';

/** The reason why a value cannot be converted. */
class Odd {
  constructor(found) {
    this.found = found;
  }
}

function kindOf(value) {
  if (typeof value !== 'object') return `a ${typeof value}`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return `${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`;
}

function pointer(path, key) {
  return `${path}/${String(key).replace(/~/g, '~0').replace(/\//g, '~1')}`;
}

/** A text, number, boolean, BigInt or null; Odd for anything else. */
function scalarOf(value, level = 0) {
  switch (typeof value) {
    case 'string':
      return LONE_SURROGATE.test(value) ? new Odd('half of a surrogate pair') : value;
    case 'number':
      return Number.isFinite(value) ? value : new Odd('NaN or an infinity');
    case 'boolean':
    case 'bigint':
      return value;
    case 'object':
      if (value === null) return null;
      if (types.isDate(value)) return Number.isNaN(value.getTime()) ? new Odd('an invalid Date') : value.toISOString();
      if (types.isBoxedPrimitive(value)) return scalarOf(value.valueOf(), level + 1);
      if (level < 2 && typeof value.toJSON === 'function') return scalarOf(value.toJSON(), level + 1);
      return new Odd(kindOf(value));
    default:
      return new Odd(kindOf(value));
  }
}

function textOf(value) {
  const scalar = scalarOf(value);
  if (typeof scalar === 'boolean') return new Odd('a boolean');
  return typeof scalar === 'number' || typeof scalar === 'bigint' ? String(scalar) : scalar;
}

/** The members of an object, or of a Map, that have a value. */
function membersOf(value) {
  const object = typeof value.toJSON === 'function' ? Object(value.toJSON()) : value;
  const members = types.isMap(object) ? [...object] : Object.keys(object).map((key) => [key, object[key]]);
  return members.filter(([key, member]) => member !== undefined && typeof key !== 'symbol');
}

function goWithout(path, message, leaveOut) {
  if (HIDING.has(path)) throw new ValidationError('TPC_ERROR_INVALID_EVENT', path, message);
  leaveOut(path, message);
}

/** page, request, sdk or properties. `leaveOut` is called with what it goes without. */
function containerOf(name, value, leaveOut) {
  const path = `/${name}`;
  if (value === null && name !== 'page' && name !== 'request') return value;
  const isContainer = typeof value === 'object' && value !== null && !Array.isArray(value) && !types.isSet(value) && !types.isDate(value);
  if (!isContainer) {
    const message = `found ${value === null ? 'null' : Array.isArray(value) ? 'an Array' : kindOf(value)}; expected an object`;
    goWithout(path, message, leaveOut);
    return undefined;
  }
  const isProperties = name === 'properties';
  const result = Object.create(null);
  for (const [key, given] of membersOf(value)) {
    const member = isProperties ? scalarOf(given) : TEXTS[name].has(key) ? textOf(given) : given;
    if (!(member instanceof Odd)) {
      result[key] = member;
      continue;
    }
    const message = `found ${member.found}; expected ${isProperties ? PROPERTY : TEXT}`;
    if (name === 'request') result[key] = null; // rather than what the request says
    goWithout(pointer(path, key), message, leaveOut);
  }
  return result;
}

/** What the hook of this name returned, as an object of its own; undefined for null and undefined. */
function additionOf(event, hook, leaveOut) {
  if (event === undefined || event === null) return undefined;
  if (typeof event !== 'object' || Object.prototype.toString.call(event) !== '[object Object]') {
    const found = typeof event === 'object' ? 'another kind of object' : `a ${typeof event}`;
    throw new TpcError('', hook, `returned ${found}; expected an object, null or false`);
  }
  const result = Object.create(null);
  for (const [key, value] of membersOf(event)) {
    const member = Object.hasOwn(TEXTS, key) ? containerOf(key, value, leaveOut) : IDS.has(key) ? textOf(value) : value;
    if (member instanceof Odd) leaveOut(pointer('', key), `found ${member.found}; expected ${TEXT}`);
    else if (member !== undefined) result[key] = member;
  }
  return result;
}

/**
 * Calls `send` with the event; where the library refuses one of its members, again without that. What `send` throws otherwise is
 * thrown.
 */
function sendWithoutRefused(event, send, leaveOut) {
  for (let count = 0; ; count++) {
    try {
      return send(event);
    } catch (error) {
      if (!(error instanceof ValidationError) || count === MOST_REFUSED || !remove(event, error.field)) throw error;
      leaveOut(error.field, error.message);
    }
  }
}

/** Removes the member at a JSON pointer. False when it is not there, or when its absence would not do. */
function remove(event, field) {
  const keys = String(field).split('/').slice(1).map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
  if (event === undefined || keys.length === 0 || HIDING.has(field)) return false;
  const last = keys.pop();
  let object = event;
  for (const key of keys) object = Object.hasOwn(Object(object), key) ? object[key] : undefined;
  if (!Object.hasOwn(Object(object), last)) {
    // A long name is cut in errors: then all properties go.
    return keys[0] === 'properties' && Object.hasOwn(event, 'properties') && delete event.properties;
  }
  if (keys[0] === 'request' && object[last] !== null) object[last] = null;
  else delete object[last];
  return true;
}

module.exports = { additionOf, sendWithoutRefused };
