// SPDX-License-Identifier: Apache-2.0
'use strict';

// For an application's own tests: captures page visits in place of sending them. Loading this module lets clients work without a key.

const native = require('./addon.js');
const capturing = require('./capturing.js');
const { TpcError } = require('./errors.js');
const { defaults, pairs } = require('./options.js');

const PATIENCE_MS = 5000;
const isSupported = native.isStandIn !== true;
/** This machine, so that visits of its own hosts, such as localhost, count. Nothing is sent there. */
const THIS_MACHINE = 'http://127.0.0.1';

capturing.isTesting = true;

/** What capture() returns. testing.d.ts documents it. */
class Capture {
  events = [];
  leftOut = [];
  /** The waits for events: {count, resolve}. */
  #waiting = new Set();
  /** A client for the options of each client whose events are captured. It sends nothing. */
  #handles = new Map();

  /** Takes an event that a client with these options would send; one with enabled=false, too. */
  event(options, text) {
    this.#take(native.eventToJson(this.#handleFor(options), text));
  }

  /** The same for a web request; returns the rule that left it out, or null. */
  request(options, text) {
    return this.#take(native.requestToJson(this.#handleFor(options), text));
  }

  /** The JSON of a web request's event, for a hook to look at; null when a rule leaves it out. */
  draft(options, text) {
    return native.eventFromRequest(this.#handleFor(options), text);
  }

  /** Resolves to the events once there are this many; rejects after `timeoutMs`. */
  wait(count = 1, timeoutMs = PATIENCE_MS) {
    if (this.events.length >= count) return Promise.resolve(this.events);
    return new Promise((resolve, reject) => {
      const waiting = {
        count,
        resolve: () => {
          clearTimeout(timer);
          resolve(this.events);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        const message = `found ${this.events.length} page visits after ${timeoutMs} ms; expected ${count}`;
        reject(new TpcError('TPC_ERROR_TIMEOUT', 'count', message));
      }, timeoutMs);
      this.#waiting.add(waiting);
    });
  }

  /** Ends the capture. Later visits are sent again, where there is a key. */
  stop() {
    if (capturing.current !== this) return;
    capturing.current = null;
    for (const handle of this.#handles.values()) native.close(handle, 0).catch(() => {});
    this.#handles.clear();
  }

  #handleFor(options) {
    let handle = this.#handles.get(options);
    if (handle === undefined) {
      const given = pairs({ ...options, name: undefined, enabled: true, dryRun: true, baseUrl: THIS_MACHINE });
      handle = native.open(defaults(options), given, false, 0);
      this.#handles.set(options, handle);
    }
    return handle;
  }

  /** Keeps the event of [text, null], or returns the rule of [null, rule]. */
  #take([text, rule]) {
    if (text === null) {
      if (rule !== null) this.leftOut.push(rule);
      return rule;
    }
    this.events.push(JSON.parse(text));
    for (const waiting of this.#waiting) {
      if (this.events.length < waiting.count) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
    return null;
  }
}

if (Symbol.dispose !== undefined) Capture.prototype[Symbol.dispose] = Capture.prototype.stop;

/** Captures the page visits of this thread until stop() is called; or, with a function, while it runs, and returns its visits. */
function capture(during) {
  if (!isSupported) {
    throw new TpcError('TPC_ERROR_SYSTEM', 'capture', 'found another system; expected Linux with glibc: skip this test unless isSupported');
  }
  if (capturing.current !== null) {
    throw new TpcError('TPC_ERROR_INVALID_ARGUMENT', 'capture', 'found a capture that has not been stopped; expected one at a time');
  }
  const captured = (capturing.current = new Capture());
  return during === undefined ? captured : runWith(captured, during);
}

async function runWith(captured, during) {
  try {
    await during(captured);
    return captured.events;
  } finally {
    captured.stop();
  }
}

module.exports = { capture, isSupported };
