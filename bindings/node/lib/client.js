// SPDX-License-Identifier: Apache-2.0
'use strict';

const { isMainThread } = require('node:worker_threads');
const native = require('./addon.js');
const { TpcError, camelCase } = require('./errors.js');
const { fieldArguments } = require('./event-fields.js');
const { eventJson, requestJson, wellFormed } = require('./event-json.js');
const { opened } = require('./open-clients.js');
const { DEFAULTS, exitTimeout, pairs } = require('./options.js');
const { requestTexts } = require('./request-texts.js');
const { Reports, takeAll } = require('./reports.js');

const DEFAULT_TIMEOUT_MS = 5000;
const IS_SHARED = Symbol('shared');
const STATS_NAMES = native.statsNames.map(camelCase);

/** Sends page visits in the background. index.d.ts documents it. */
class Client {
  /** The addon's handle of the client; null once it is closed. */
  #handle;
  #closing;
  #reports;

  constructor(options = {}) {
    const isShared = options[IS_SHARED] === true;
    const given = pairs(options);
    // The main thread's clients and shared ones are handled at the process's exit.
    const closeMs = isMainThread || isShared ? undefined : exitTimeout(options);
    this.#handle = native.open(DEFAULTS, given, isShared, closeMs);
    opened(this, exitTimeout(options));
  }

  static shared(options = {}) {
    return new Client({ ...options, [IS_SHARED]: true });
  }

  track(event) {
    const fields = fieldArguments(this.#handle, event);
    if (fields === null || !native.trackFields(...fields)) native.trackJson(this.#handle, eventJson(event));
    this.#reports?.expect();
  }

  trackJson(text) {
    native.trackJson(this.#handle, wellFormed(text));
    this.#reports?.expect();
  }

  trackRequest(request) {
    const texts = requestTexts(request);
    let leftOut = texts === null ? undefined : native.trackRequestTexts(this.#handle, texts[0], texts[1]);
    if (leftOut === undefined) leftOut = native.trackRequest(this.#handle, requestJson(request));
    this.#reports?.expect();
    return leftOut;
  }

  async flush(timeoutMs = DEFAULT_TIMEOUT_MS) {
    checkTimeout(timeoutMs);
    return native.flush(this.#handle, timeoutMs);
  }

  async close(timeoutMs = DEFAULT_TIMEOUT_MS) {
    checkTimeout(timeoutMs);
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  stats() {
    return Object.fromEntries(native.stats(this.#handle).map((number, index) => [STATS_NAMES[index], number]));
  }

  reports() {
    this.#reports ??= new Reports(this.#handle);
    return this.#reports.iterate();
  }

  takeReports() {
    return takeAll(this.#handle);
  }

  async #close(timeoutMs) {
    const handle = this.#handle;
    this.#handle = null;
    if (this.#reports === undefined) return native.close(handle, timeoutMs);
    // Closing the client drops the reports that were not taken: deliver first, then take them, then close.
    const start = performance.now();
    await native.flush(handle, timeoutMs);
    this.#reports.end();
    return native.close(handle, Math.max(0, timeoutMs - (performance.now() - start)));
  }
}

function checkTimeout(milliseconds) {
  if (typeof milliseconds === 'number' && milliseconds >= 0) return;
  throw new TpcError('TPC_ERROR_INVALID_ARGUMENT', 'timeoutMs', 'found another value; expected milliseconds from 0');
}

/** The AI agent that a User-Agent names: {name, operator, purpose}, or null. */
function aiAgent(userAgent) {
  const texts = native.aiAgent(userAgent);
  return texts && { name: texts[0], operator: texts[1], purpose: texts[2] };
}

/** The AI service whose answer a person came from: {name, operator, evidence}, or null. */
function aiAnswer(referrer, href) {
  const texts = native.aiAnswer(referrer ?? '', href ?? '');
  return texts && { name: texts[0], operator: texts[1], evidence: texts[2] };
}

/** Throws what creating a client with these options would throw. */
function validateOptions(options = {}) {
  native.validateOptions(DEFAULTS, pairs(options));
}

module.exports = { Client, aiAgent, aiAnswer, validateOptions };
