// SPDX-License-Identifier: Apache-2.0
'use strict';

// Writes values as JSON, for the library to judge. JSON.stringify would silently change what JSON cannot express: NaN to
// null, half a surrogate pair to an escape, a function to nothing. Here it is a ValidationError that names the member.

const { TooLargeError, ValidationError } = require('./errors.js');

const MAX_LEVELS = 512;
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

/** The JSON of a value; undefined for undefined. `path` is its JSON pointer. */
function jsonOf(value, path = '', level = 0) {
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
      return value === null ? 'null' : objectJson(value, path, level);
    default:
      throw refuse(path, `found a ${typeof value}; expected a value that JSON has`);
  }
}

function objectJson(value, path, level) {
  if (level === MAX_LEVELS) {
    const message = `found deeper nesting; expected at most ${MAX_LEVELS} levels of objects and arrays`;
    throw new TooLargeError('TPC_ERROR_TOO_LARGE', '', message);
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) {
    throw refuse(path, 'found an invalid Date; expected a time');
  }
  if (typeof value.toJSON === 'function') return jsonOf(value.toJSON(), path, level + 1);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => jsonOf(item, member(path, index), level + 1) ?? 'null').join()}]`;
  }
  return `{${memberTexts(value, path, level).join()}}`;
}

function memberTexts(object, path, level) {
  const texts = [];
  for (const key of Object.keys(object)) {
    const text = jsonOf(object[key], member(path, key), level + 1);
    if (text !== undefined) texts.push(`${quoted(key, member(path, key))}:${text}`);
  }
  return texts;
}

/** An event's JSON; `event` is page_visit unless the event says otherwise. */
function eventJson(visit) {
  const isPlain = typeof visit === 'object' && visit !== null && !Array.isArray(visit);
  return jsonOf(isPlain && visit.event === undefined ? { ...visit, event: 'page_visit' } : visit) ?? 'null';
}

/** A request's JSON. An error in its event names the member as in an event that was passed alone. */
function requestJson(request) {
  const { event, ...rest } = request;
  const texts = memberTexts(rest, '', 0);
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
