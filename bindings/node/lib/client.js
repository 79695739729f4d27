// SPDX-License-Identifier: Apache-2.0
'use strict';

const native = require('./addon.js');
const builtin = require('./builtin.js');
const capturing = require('./capturing.js');
const { OptionError, TpcError, camelCase } = require('./errors.js');
const { fieldArguments } = require('./event-fields.js');
const { eventJson, requestJson, wellFormed } = require('./event-json.js');
const { useLogger } = require('./log.js');
const { bringLines, LineWatch } = require('./log-lines.js');
const { opened } = require('./open-clients.js');
const { defaults, exitTimeout, pairs, withGivenNames } = require('./options.js');
const { requestTexts } = require('./request-texts.js');
const { Reports, takeAll } = require('./reports.js');
const { flush } = require('./waiting.js');

const DEFAULT_TIMEOUT_MS = 5000;
/** The options that are missing, or name a file that is missing, where there is no key. */
const CREDENTIALS = new Set(['apiKey', 'apiKeyFile']);
const IS_SHARED = Symbol('shared');
const { isMainThread } = builtin('worker_threads');
const STATS_NAMES = native.statsNames.map(camelCase);

/** Sends page visits in the background. index.d.ts documents it. */
class Client {
  /** The addon's handle of the client; null once it is closed. */
  #handle;
  #options;
  #closing;
  #reports;
  #lines;

  constructor(options = {}) {
    this.#handle = open(options);
    this.#options = options;
    this.#lines = new LineWatch(this.#handle);
    opened(this, exitTimeout(options));
    if (options.logger !== undefined) useLogger(options.logger);
    bringLines();
  }

  static shared(options = {}) {
    pairs(options); // throws OptionError
    return new Client({ ...options, [IS_SHARED]: true });
  }

  track(event) {
    if (this.#isCaptured()) return capturing.current.event(this.#options, eventJson(event));
    const fields = fieldArguments(this.#handle, event);
    if (fields === null || !native.trackFields(...fields)) native.trackJson(this.#handle, eventJson(event));
    this.#expect();
  }

  trackJson(text) {
    if (this.#isCaptured()) return capturing.current.event(this.#options, wellFormed(text));
    native.trackJson(this.#handle, wellFormed(text));
    this.#expect();
  }

  trackRequest(request) {
    if (this.#isCaptured()) return capturing.current.request(this.#options, requestJson(request));
    const texts = requestTexts(request);
    let leftOut = texts === null ? undefined : native.trackRequestTexts(this.#handle, texts[0], texts[1]);
    if (leftOut === undefined) leftOut = native.trackRequest(this.#handle, requestJson(request));
    this.#expect();
    return leftOut;
  }

  /** The event that trackRequest would track, for a hook to look at; null when a rule leaves the request out. */
  eventFromRequest(request) {
    const json = requestJson(request);
    const text = this.#isCaptured() ? capturing.current.draft(this.#options, json) : native.eventFromRequest(this.#handle, json);
    return text === null ? null : JSON.parse(text);
  }

  async flush(timeoutMs = DEFAULT_TIMEOUT_MS) {
    checkTimeout(timeoutMs);
    try {
      return await flush(this.#handle, timeoutMs);
    } finally {
      bringLines();
    }
  }

  async close(timeoutMs = DEFAULT_TIMEOUT_MS) {
    checkTimeout(timeoutMs);
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  stats() {
    bringLines();
    return Object.fromEntries(native.stats(this.#handle).map((number, index) => [STATS_NAMES[index], number]));
  }

  reports() {
    this.#reports ??= new Reports(this.#handle);
    return this.#reports.iterate();
  }

  takeReports() {
    return takeAll(this.#handle);
  }

  /** A closed client refuses events of a test, too. */
  #isCaptured() {
    return capturing.current !== null && this.#handle !== null;
  }

  /** An event was queued: lines and a report may follow. */
  #expect() {
    this.#lines.expect();
    this.#reports?.expect();
  }

  async #close(timeoutMs) {
    const handle = this.#handle;
    this.#handle = null;
    try {
      return await this.#closeHandle(handle, timeoutMs);
    } finally {
      bringLines();
    }
  }

  async #closeHandle(handle, timeoutMs) {
    if (this.#reports === undefined) return native.close(handle, timeoutMs);
    // Closing the client drops the reports that were not taken: deliver first, then take them, then close.
    const start = performance.now();
    await native.flush(handle, timeoutMs);
    this.#reports.end();
    return native.close(handle, Math.max(0, timeoutMs - (performance.now() - start)));
  }
}

/** The handle of a new client, or of the shared one. */
function open(options) {
  const given = pairs(options);
  const isShared = options[IS_SHARED] === true;
  // The main thread's clients and shared ones are handled at the process's exit.
  const closeMs = isMainThread || isShared ? undefined : exitTimeout(options);
  const openWith = (list) => native.open(defaults(options), list, isShared, closeMs);
  return withGivenNames(options, () => inTest(openWith, given));
}

/** Calls `call` with these options. In a test, where no key is there, with a client that sends nothing. */
function inTest(call, given) {
  try {
    return call(given);
  } catch (error) {
    if (!capturing.isTesting || !(error instanceof OptionError) || !CREDENTIALS.has(error.field)) throw error;
    return call([...given, 'dry_run', 'true']);
  }
}

function checkTimeout(milliseconds) {
  if (typeof milliseconds === 'number' && milliseconds >= 0) return;
  throw new TpcError('TPC_ERROR_INVALID_ARGUMENT', 'timeoutMs', 'found another value; expected milliseconds from 0');
}

/** The AI agent that a User-Agent names: {name, operator, purpose}, or null. */
function aiAgent(userAgent) {
  const texts = native.aiAgent(userAgent ?? '');
  return texts && { name: texts[0], operator: texts[1], purpose: texts[2] };
}

/** The AI service whose answer a person came from: {name, operator, evidence}, or null. */
function aiAnswer(referrer, href) {
  const texts = native.aiAnswer(referrer ?? '', href ?? '');
  return texts && { name: texts[0], operator: texts[1], evidence: texts[2] };
}

/** Throws what creating a client with these options would throw. */
function validateOptions(options = {}) {
  const given = pairs(options);
  withGivenNames(options, () => inTest((list) => native.validateOptions(defaults(options), list), given));
}

module.exports = { Client, aiAgent, aiAnswer, validateOptions };
