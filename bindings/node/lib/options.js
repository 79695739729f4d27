// SPDX-License-Identifier: Apache-2.0
'use strict';

// Converts options to what the addon takes: [name, value, name, value, …], all text. Names are converted mechanically
// (apiKey is api_key); the library decides which names exist and which values they accept.

const { OptionError } = require('./errors.js');
const { version } = require('../package.json');

const EXIT_TIMEOUT_MS = 2000;

/** This package's defaults, which the environment and the caller override. */
const DEFAULTS = [
  ['exit_timeout_ms', String(EXIT_TIMEOUT_MS)],
  ['sdk_name', 'tpc-events'],
  ['sdk_version', version],
  ['sdk_runtime', `node/${process.versions.node.split('.')[0]}`],
].flat();

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

function pairs(options) {
  const list = [];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    list.push(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), textOf(name, value));
  }
  return list;
}

/** How long closing a client may take at the end of its thread, in milliseconds. The library has checked the options. */
function exitTimeout(options) {
  return Number(options.exitTimeoutMs ?? (process.env.TPC_EXIT_TIMEOUT_MS || EXIT_TIMEOUT_MS));
}

module.exports = { DEFAULTS, pairs, exitTimeout };
