// SPDX-License-Identifier: Apache-2.0
'use strict';

// What the frameworks' modules share: tracks the requests that were answered and are page visits by the library's rules. Nothing
// here throws into the application once it is put in.

const { AsyncResource } = require('./builtin.js')('async_hooks');
const { additionOf, sendWithoutRefused } = require('./additions.js');
const { answerOf, whenAnswered } = require('./answers.js');
const { OptionError, TpcError } = require('./errors.js');
const { incomingOf } = require('./incoming.js');
const { checkLogger, tell } = require('./log.js');
const { kindOf } = require('./thrown.js');

const NOT_TRACKED = 'a page visit was not tracked';
const INVALID_OPTION = 'TPC_ERROR_INVALID_OPTION';
/** A member that is left out is a warning of its own, for this many of them. */
const MOST_MEMBERS = 16;
/** Marks the requests that count already, so that a second middleware in their way leaves them alone; for all copies of the package. */
const CLAIMED = Symbol.for('tpc-events.tracked');

class Tracker {
  #client;
  #event;
  #beforeSend;
  #logger;
  #hasWarned = false;
  #membersLeftOut = new Set();

  /**
   * `client`, or else the process's shared one with these options; `event` returns what to add to the event, or false;
   * `beforeSend` returns the event to send. Throws OptionError for an option that is wrong; where a credential or the library is
   * missing, or the environment is wrong, it warns.
   */
  constructor(given = {}) {
    checkOptions(given);
    const { client, event, beforeSend, ...options } = given;
    this.#event = event ?? undefined;
    this.#beforeSend = beforeSend ?? undefined;
    this.#logger = options.logger;
    this.#client = this.#clientFor(client ?? undefined, options);
  }

  #clientFor(given, options) {
    try {
      // Loaded here: an application has to start without the library.
      const { Client, validateOptions } = require('./client.js');
      if (given === undefined) return Client.shared(options);
      const names = Object.keys(options).filter((name) => name !== 'logger' && options[name] !== undefined);
      if (names.length === 0) return given;
      validateOptions({ ...options, enabled: false });
      this.#warn(`${names.join(', ')}: not used, since \`client\` has its own options`);
      return given;
    } catch (error) {
      if (error instanceof OptionError && isCallers(error, options)) throw error;
      this.#warn(described('page visits are not tracked', error), error.code);
      return given;
    }
  }

  /**
   * Call this when a request of node:http comes in. `subjects` are the arguments of the application's hooks; `found` returns what
   * the framework found by its own list of proxies: clientAddress, scheme, host.
   */
  watch(request, response, subjects = [request, response], found = undefined) {
    if (this.#client === undefined) return;
    try {
      if (!claim(request)) return;
      const incoming = incomingOf(request, found);
      const answered = (response) => this.#track({ ...incoming, ...answerOf(response) }, subjects);
      const hasHooks = this.#event !== undefined || this.#beforeSend !== undefined;
      whenAnswered(response, answered, hasHooks ? inThisContext(answered) : answered);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A request that was answered. `read` returns it as trackRequest takes it, without the event. */
  track(request, read, subjects) {
    if (this.#client === undefined) return;
    try {
      if (claim(request)) this.#track(read(), subjects);
    } catch (error) {
      this.#fail(error);
    }
  }

  #track(request, subjects) {
    if (this.#event !== undefined || this.#beforeSend !== undefined) {
      this.#trackWithHooks(request, subjects);
      return;
    }
    try {
      this.#client.trackRequest(request);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Never rejects. Waits for the hooks that are async; those that are not take effect at once. */
  async #trackWithHooks(request, subjects) {
    const leaveOut = (field, message) => this.#leaveOut(field, message);
    try {
      let added = this.#event?.(...subjects);
      if (isThenable(added)) added = await added;
      if (added === false) return;
      const addition = additionOf(added, 'event', leaveOut);
      if (this.#beforeSend === undefined) {
        sendWithoutRefused(addition, (event) => this.#client.trackRequest({ ...request, event }), leaveOut);
        return;
      }
      const made = sendWithoutRefused(addition, (event) => this.#client.eventFromRequest({ ...request, event }), leaveOut);
      if (made === null) return;
      let kept = this.#beforeSend(made);
      if (isThenable(kept)) kept = await kept;
      if (kept === false || kept === null || kept === undefined) return;
      sendWithoutRefused(additionOf(kept, 'beforeSend', leaveOut), (event) => this.#client.track(event), leaveOut);
    } catch (error) {
      this.#fail(error);
    }
  }

  #leaveOut(field, message) {
    if (this.#membersLeftOut.has(field) || this.#membersLeftOut.size === MOST_MEMBERS) return;
    this.#membersLeftOut.add(field);
    this.#warn(`page visits are tracked without ${field}: ${message}; this is logged once`);
  }

  #fail(error) {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const { text, code } = reportOf(error);
    this.#warn(`${text}; further failures are not logged`, code);
  }

  #warn(text, code) {
    tell('warn', text, { code, to: this.#logger });
  }
}

/** What is said about a failure: all of it where it is the library's, which holds no visitor's data. */
function reportOf(error) {
  let isOurs = false;
  try {
    isOurs = error instanceof TpcError;
  } catch {
    // A proxy.
  }
  return isOurs ? { text: described(NOT_TRACKED, error), code: error.code } : { text: `${NOT_TRACKED}: ${kindOf(error)}` };
}

function described(what, error) {
  return [what, error.field, error.message].filter(Boolean).join(': ');
}

function checkOptions(given) {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OptionError(INVALID_OPTION, '', `found ${given === null ? 'null' : `a value of type ${typeof given}`}; expected an object of options`);
  }
  for (const name of ['event', 'beforeSend']) {
    if (!['undefined', 'function'].includes(typeof given[name]) && given[name] !== null) {
      throw new OptionError(INVALID_OPTION, name, `found a value of type ${typeof given[name]}; expected a function`);
    }
  }
  const { client, logger } = given;
  if (logger !== undefined) checkLogger(logger);
  if (client !== undefined && client !== null && typeof client.trackRequest !== 'function') {
    throw new OptionError(INVALID_OPTION, 'client', 'found another value; expected a Client');
  }
}

/** Whether an option is wrong that the caller gave, rather than the environment, and not only absent. */
function isCallers({ field, message }, options) {
  if (field === 'apiKey' && message.startsWith('no credential')) return false;
  return field === '' || Object.hasOwn(options, field);
}

/** The function, in the asynchronous context of now. AsyncResource.bind does the same in many times the time. */
function inThisContext(call) {
  const resource = new AsyncResource('TpcVisit', { requireManualDestroy: true });
  return (argument) => resource.runInAsyncScope(call, undefined, argument);
}

/** False when another middleware counts the request already. */
function claim(request) {
  if (request[CLAIMED] === true) return false;
  // Quicker than a WeakSet. A request that takes no members counts as well.
  Reflect.set(request, CLAIMED, true);
  return true;
}

function isThenable(value) {
  return typeof value === 'object' && value !== null && typeof value.then === 'function';
}

module.exports = { Tracker };
