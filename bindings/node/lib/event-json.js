// SPDX-License-Identifier: Apache-2.0
'use strict';

// Writes values as JSON, for the library to judge. JSON.stringify would silently change what JSON cannot express: NaN to
// null, half a surrogate pair to an escape, a function to nothing. Here it is a ValidationError that names the member.

const { TooLargeError, ValidationError } = require('./errors.js');

const MAX_LEVELS = 512;
/** Values in one event: more than the library takes, so that what refers to itself in many ways ends soon. */
const MAX_VALUES = 1_000_000;
const LONE_SURROGATE = /\p{Surrogate}/u;
// Characters that a terminal or a log viewer would act on: control characters, line separators, marks that change the
// direction of text. The library shows them in the same way.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function refuse(path, message) {
  return new ValidationError('TPC_ERROR_INVALID_EVENT', path, message);
}

function shown(character) {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function member(path, key) {
  return `${path}/${String(key).replace(/~/g, '~0').replace(/\//g, '~1').replace(HIDDEN, shown)}`;
}

function quoted(text, path) {
  if (LONE_SURROGATE.test(text)) {
    throw refuse(path, 'found half of a surrogate pair, which is not a character; expected well-formed text');
  }
  return JSON.stringify(text);
}

/** The JSON of a value; undefined for undefined. `path` is its JSON pointer; `walk` is the way to it. */
function jsonOf(value, path = '', walk = { ancestors: [], left: MAX_VALUES }) {
  switch (typeof value) {
    case 'string':
      return quoted(value, path);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      throw refuse(path, 'found NaN or an infinity, which JSON does not have; expected a number');
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? 'null' : nestedJson(value, path, walk);
    default:
      throw refuse(path, `found a ${typeof value}; expected a value that JSON has`);
  }
}

function tooLarge(message) {
  return new TooLargeError('TPC_ERROR_TOO_LARGE', '', message);
}

function nestedJson(value, path, walk) {
  const { ancestors } = walk;
  if (ancestors.includes(value)) throw refuse(path, 'found an object inside itself; expected a value that JSON has');
  if (ancestors.length === MAX_LEVELS) {
    throw tooLarge(`found deeper nesting; expected at most ${MAX_LEVELS} levels of objects and arrays`);
  }
  ancestors.push(value);
  const text = objectJson(value, path, walk);
  ancestors.pop();
  return text;
}

/** Counts the members of an object or array before they are written. */
function spend(walk, count) {
  walk.left -= count;
  if (walk.left < 0) throw tooLarge(`found more values; expected at most ${MAX_VALUES}`);
}

function objectJson(value, path, walk) {
  if (value instanceof Date && Number.isNaN(value.getTime())) {
    throw refuse(path, 'found an invalid Date; expected a time');
  }
  if (typeof value.toJSON === 'function') return jsonOf(value.toJSON(), path, walk);
  if (!Array.isArray(value)) return `{${memberTexts(value, path, walk).join()}}`;
  spend(walk, value.length);
  // Array.from also visits what a sparse array lacks.
  return `[${Array.from(value, (item, index) => jsonOf(item, member(path, index), walk) ?? 'null').join()}]`;
}

function memberTexts(object, path, walk) {
  const texts = [];
  const keys = Object.keys(object);
  spend(walk, keys.length);
  for (const key of keys) {
    const text = jsonOf(object[key], member(path, key), walk);
    if (text !== undefined) texts.push(`${quoted(key, member(path, key))}:${text}`);
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
  const { event, ...rest } = request;
  const texts = memberTexts(rest, '', { ancestors: [rest], left: MAX_VALUES });
  const eventText = jsonOf(event);
  if (eventText !== undefined) texts.push(`"event":${eventText}`);
  return `{${texts.join()}}`;
}

/** The text, if it can be passed to the library as it is; throws a ValidationError otherwise. */
function wellFormed(text) {
  if (LONE_SURROGATE.test(text)) {
    const message = 'found half of a surrogate pair, which is not a character; expected well-formed text';
    throw new ValidationError('TPC_ERROR_INVALID_JSON', '', message);
  }
  return text;
}

module.exports = { eventJson, requestJson, wellFormed };
