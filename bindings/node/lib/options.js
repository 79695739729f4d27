// SPDX-License-Identifier: Apache-2.0
'use strict';

// Converts options to what the addon takes: [name, value, name, value, …], all text. Names are converted mechanically
// (apiKey is api_key); the library decides which names exist and which values they accept.

const { OptionError, camelCase } = require('./errors.js');
const { checkLogger } = require('./log.js');
const { version } = require('../package.json');

const EXIT_TIMEOUT_MS = 2000;

/** This package's defaults, which the environment and the caller override. */
const DEFAULTS = [
  ['exit_timeout_ms', String(EXIT_TIMEOUT_MS)],
  ['sdk_name', 'tpc-events'],
  ['sdk_version', version],
  ['sdk_runtime', `node/${process.versions.node.split('.')[0]}`],
].flat();
/** Log lines are kept for log-lines.js. */
const KEEPING_LINES = [...DEFAULTS, 'log_descriptor', '-1'];

/**
 * The defaults of a client with these options. The library keeps only a few lines: who asks for many, without a logger, has them
 * written.
 */
function defaults(options) {
  const { THE_PROMPTING_COMPANY_LOG, TPC_LOG_LEVEL } = process.env;
  const level = options.logLevel ?? (THE_PROMPTING_COMPANY_LOG || TPC_LOG_LEVEL);
  const hasMany = level === 'info' || level === 'debug';
  return hasMany && options.logger === undefined ? DEFAULTS : KEEPING_LINES;
}

function textOf(name, value) {
  if (Array.isArray(value)) return value.map((item) => textOf(name, item)).join(',');
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      throw new OptionError(
        'TPC_ERROR_INVALID_OPTION',
        name,
        `found ${value === null ? 'null' : `a value of type ${typeof value}`}; expected text, a number, true or false`,
      );
  }
}

/** The options of the library's among a client's. Throws OptionError for what no option accepts. */
function pairs(options) {
  const list = [];
  for (const [name, value] of Object.entries(checked(options))) {
    if (value === undefined) continue;
    if (name === 'logger') {
      checkLogger(value);
      continue;
    }
    list.push(libraryName(name), textOf(name, value));
  }
  return list;
}

/** The library's name of an option: apiKey is api_key. */
function libraryName(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function checked(options) {
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options) && !(options instanceof Map);
  if (isObject) return options;
  const found = options === null ? 'null' : Array.isArray(options) ? 'an array' : options instanceof Map ? 'a Map' : `a ${typeof options}`;
  throw new OptionError('TPC_ERROR_INVALID_OPTION', 'options', `found ${found}; expected an object such as { apiKey: '…' }`);
}

/** Calls the library, and has its errors name options as they were given: it gets ApiKey as _api_key. */
function withGivenNames(options, call) {
  try {
    return call();
  } catch (error) {
    const given = error instanceof OptionError && Object.keys(options).find((name) => isFor(error, libraryName(name)));
    throw given ? new OptionError(error.code, given, error.message) : error;
  }
}

function isFor(error, name) {
  return error.field === name || error.field === camelCase(name);
}

/** How long closing a client may take at the end of its thread, in milliseconds. The library has checked the options. */
function exitTimeout(options) {
  return Number(options.exitTimeoutMs ?? (process.env.TPC_EXIT_TIMEOUT_MS || EXIT_TIMEOUT_MS));
}

module.exports = { defaults, pairs, exitTimeout, withGivenNames };
