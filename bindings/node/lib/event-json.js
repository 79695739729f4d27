// SPDX-License-Identifier: Apache-2.0
'use strict';

// Writes values as JSON, for the library to judge. JSON.stringify would silently change what JSON cannot express: NaN to
// null, half a surrogate pair to an escape, a function to nothing. Here it is a ValidationError that names the member.

const { TooLargeError, TpcError, ValidationError } = require('./errors.js');

const MAX_LEVELS = 512;
/** Values in one event: more than the library takes, so that what refers to itself in many ways ends soon. */
const MAX_VALUES = 1_000_000;
const LONE_SURROGATE = /\p{Surrogate}/u;
// Characters that a terminal or a log viewer would act on: control characters, line separators, marks that change the
// direction of text. The library shows them in the same way.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function shown(character) {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function step(key) {
  return `/${String(key).replace(/~/g, '~0').replace(/\//g, '~1').replace(HIDDEN, shown)}`;
}

/** One value on its way to JSON: the objects around the current one, the keys that lead to it, and how many values may follow. */
class Walk {
  ancestors = [];
  keys = [];
  left = MAX_VALUES;

  /** The error for the current value. Its JSON pointer is only written here: values are rarely refused. */
  refuse(message) {
    return new ValidationError('TPC_ERROR_INVALID_EVENT', this.keys.map(step).join(''), message);
  }

  /** Counts the members of an object or array before they are written. */
  spend(count) {
    this.left -= count;
    if (this.left < 0) throw tooLarge(`found more values; expected at most ${MAX_VALUES}`);
  }
}

function quoted(text, walk) {
  if (LONE_SURROGATE.test(text)) {
    throw walk.refuse('found half of a surrogate pair, which is not a character; expected well-formed text');
  }
  return JSON.stringify(text);
}

/** The JSON of a value; undefined for undefined. */
function jsonOf(value, walk = new Walk()) {
  switch (typeof value) {
    case 'string':
      return quoted(value, walk);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      throw walk.refuse('found NaN or an infinity, which JSON does not have; expected a number');
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? 'null' : nestedJson(value, walk);
    default:
      throw walk.refuse(`found a ${typeof value}; expected a value that JSON has`);
  }
}

function tooLarge(message) {
  return new TooLargeError('TPC_ERROR_TOO_LARGE', '', message);
}

function nestedJson(value, walk) {
  const { ancestors } = walk;
  if (ancestors.includes(value)) throw walk.refuse('found an object inside itself; expected a value that JSON has');
  if (ancestors.length === MAX_LEVELS) {
    throw tooLarge(`found deeper nesting; expected at most ${MAX_LEVELS} levels of objects and arrays`);
  }
  ancestors.push(value);
  const text = objectJson(value, walk);
  ancestors.pop();
  return text;
}

function objectJson(value, walk) {
  if (value instanceof Date && Number.isNaN(value.getTime())) throw walk.refuse('found an invalid Date; expected a time');
  if (typeof value.toJSON === 'function') return jsonOf(value.toJSON(), walk);
  if (!Array.isArray(value)) return `{${memberTexts(value, walk).join()}}`;
  walk.spend(value.length);
  // Array.from also visits what a sparse array lacks.
  return `[${Array.from(value, (item, index) => memberJson(item, index, walk) ?? 'null').join()}]`;
}

function memberJson(value, key, walk) {
  walk.keys.push(key);
  const text = jsonOf(value, walk);
  walk.keys.pop();
  return text;
}

function memberTexts(object, walk) {
  const texts = [];
  const keys = Object.keys(object);
  walk.spend(keys.length);
  for (const key of keys) {
    walk.keys.push(key);
    const text = jsonOf(object[key], walk);
    if (text !== undefined) texts.push(`${quoted(key, walk)}:${text}`);
    walk.keys.pop();
  }
  return texts;
}

/** An event's JSON; `event` is page_visit unless the event says otherwise. */
function eventJson(given) {
  const visit = typeof given?.toJSON === 'function' ? given.toJSON() : given;
  const isPlain = typeof visit === 'object' && visit !== null && !Array.isArray(visit);
  return jsonOf(isPlain && visit.event === undefined ? { ...visit, event: 'page_visit' } : visit) ?? 'null';
}

/** A request's JSON. An error in its event names the member as in an event that was passed alone. */
function requestJson(request) {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new TpcError('TPC_ERROR_INVALID_ARGUMENT', '', `found ${kindOf(request)}; expected an object, the request`);
  }
  const { event, ...rest } = request;
  const walk = new Walk();
  walk.ancestors.push(rest);
  const texts = memberTexts(rest, walk);
  const eventText = jsonOf(event);
  if (eventText !== undefined) texts.push(`"event":${eventText}`);
  return `{${texts.join()}}`;
}

function kindOf(value) {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

/** The text, if it can be passed to the library as it is; throws a ValidationError otherwise. */
function wellFormed(text) {
  if (typeof text !== 'string') {
    throw new ValidationError('TPC_ERROR_INVALID_JSON', '', `found ${kindOf(text)}; expected text, which is JSON`);
  }
  if (LONE_SURROGATE.test(text)) {
    const message = 'found half of a surrogate pair, which is not a character; expected well-formed text';
    throw new ValidationError('TPC_ERROR_INVALID_JSON', '', message);
  }
  return text;
}

module.exports = { eventJson, requestJson, wellFormed };
