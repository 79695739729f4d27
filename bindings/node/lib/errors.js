// SPDX-License-Identifier: Apache-2.0
'use strict';

/** Any failure. `code` is the library's name for it; `field` is an option's name, a JSON pointer into the event, or ''. */
class TpcError extends Error {
  constructor(code, field, message) {
    super(message);
    this.code = code;
    this.field = field;
  }

  get name() {
    return this.constructor.name;
  }
}

/** The contract refuses the event, or the text is not JSON. */
class ValidationError extends TpcError {}
/** An unknown option, or a value that the option does not accept. */
class OptionError extends TpcError {}
/** A limit is exceeded; the message names it. */
class TooLargeError extends TpcError {}
/** The queue is full: the event was not queued. */
class QueueFullError extends TpcError {}
/** The client is closed. */
class ClosedError extends TpcError {}

const CLASSES = {
  TPC_ERROR_INVALID_EVENT: ValidationError,
  TPC_ERROR_INVALID_JSON: ValidationError,
  TPC_ERROR_INVALID_OPTION: OptionError,
  TPC_ERROR_TOO_LARGE: TooLargeError,
  TPC_ERROR_QUEUE_FULL: QueueFullError,
  TPC_ERROR_CLOSED: ClosedError,
};
/** The errors whose texts contain names of options. */
const NAMING_OPTIONS = new Set([OptionError, TooLargeError, QueueFullError]);

/** A name of the library's as JavaScript writes it: max_in_flight is maxInFlight. */
function camelCase(name) {
  return name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}

// A name in capitals is that of an environment variable, and stays.
function withOptionNames(text) {
  return text.replace(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g, camelCase);
}

function errorFrom(code, field, message) {
  const Class = CLASSES[code] ?? TpcError;
  if (!NAMING_OPTIONS.has(Class)) return new Class(code, field, message);
  return new Class(code, field.startsWith('/') ? field : withOptionNames(field), withOptionNames(message));
}

module.exports = {
  TpcError,
  ValidationError,
  OptionError,
  TooLargeError,
  QueueFullError,
  ClosedError,
  camelCase,
  errorFrom,
};
