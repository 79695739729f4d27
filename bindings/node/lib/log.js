// SPDX-License-Identifier: Apache-2.0
'use strict';

// Where log lines and warnings go: to the application's logger, or else to process warnings. Nothing here throws, whatever the
// application's logger and its listeners do.

const { OptionError } = require('./errors.js');

const REQUIRED = ['error', 'warn'];

/** For all copies of this package in the thread: the logger that was given last. */
const state = (globalThis[Symbol.for('tpc-events.log')] ??= { logger: undefined });

/** Has later lines go to `given`, the option `logger`. Throws OptionError when it is not a logger. */
function useLogger(given) {
  checkLogger(given);
  state.logger = given;
}

/** Throws OptionError for an option `logger` that is not one. */
function checkLogger(given) {
  const isObject = (typeof given === 'object' && given !== null) || typeof given === 'function';
  const missing = isObject ? REQUIRED.filter((level) => typeof given[level] !== 'function') : REQUIRED;
  if (missing.length === 0) return;
  const found = isObject ? `an object without the function ${missing[0]}` : given === null ? 'null' : `a ${typeof given}`;
  const message = `found ${found}; expected an object with the functions error, warn, info and debug, such as console`;
  throw new OptionError('TPC_ERROR_INVALID_OPTION', 'logger', message);
}

/** Brings one line to the application. `level` is error, warn, info or debug; `to` is another logger than the last given one. */
function tell(level, text, { code, to = state.logger } = {}) {
  try {
    if (to === undefined) return warnProcess(text, code);
    // A logger that is asynchronous may fail later.
    const result = to[level]?.(`tpc: ${text}`);
    if (typeof result?.then === 'function') result.then(undefined, () => {});
  } catch {
    // A logger that fails is not the visitors' concern.
  }
}

/**
 * process.emitWarning tells the listeners later, when nobody can catch what they throw; and never when the process exits. So they
 * are told here, Node's own among them, which prints the warning unless the user turned warnings off.
 */
function warnProcess(text, code) {
  const warning = new Error(text);
  warning.name = 'TpcWarning';
  if (typeof code === 'string' && code !== '') warning.code = code;
  Error.captureStackTrace(warning, tell);
  process.emit('warning', warning);
}

module.exports = { checkLogger, tell, useLogger };
