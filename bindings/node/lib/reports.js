// SPDX-License-Identifier: Apache-2.0
'use strict';

// Delivery reports as an asynchronous iteration. A timer looks for them, so that no thread and no descriptor has to be
// shut down when the program or its worker thread ends. While events are pending, the timer keeps the process alive,
// because a report is due; otherwise it does not.

const native = require('./addon.js');
const { ClosedError, OptionError } = require('./errors.js');

const BUSY_MS = 10;
/** For a shared client, whose events may come from other threads. Events of this thread call `expect`. */
const IDLE_MS = 250;
const PENDING = native.statsNames.indexOf('pending');

/** Takes the reports that are available now. */
function takeAll(handle) {
  const reports = [];
  for (let report = native.takeReport(handle); report !== null; report = native.takeReport(handle)) reports.push(report);
  return reports;
}

class Reports {
  #handle;
  /** The reports that were taken when the client closed. */
  #last = [];
  #hasEnded = false;
  #waiting;
  /** Ends an idle wait; undefined when nothing waits. */
  #wake;

  constructor(handle) {
    if (!native.keepsReports(handle)) {
      native.stats(handle); // throws ClosedError
      const message = 'is 0, so that no reports are kept; expected 1 or more';
      throw new OptionError('TPC_ERROR_INVALID_OPTION', 'reportCapacity', message);
    }
    this.#handle = handle;
  }

  async *iterate() {
    for (;;) {
      const report = this.#next();
      if (report !== null) yield report;
      else if (this.#hasEnded) return;
      else await this.#wait();
    }
  }

  /** An event was accepted: there will be a report. */
  expect() {
    this.#wake?.();
  }

  /** Takes the last reports, with which the iterations end. The client is about to close. */
  end() {
    this.#last = takeAll(this.#handle);
    this.#hasEnded = true;
    this.#wake?.();
  }

  #next() {
    return this.#hasEnded ? (this.#last.shift() ?? null) : this.#take();
  }

  #take() {
    try {
      return native.takeReport(this.#handle);
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
      this.#hasEnded = true;
      return null;
    }
  }

  /** One wait, shared by all iterations. */
  #wait() {
    const isBusy = native.stats(this.#handle)[PENDING] > 0;
    this.#waiting ??= new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting = this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, isBusy ? BUSY_MS : IDLE_MS);
      if (!isBusy) {
        timer.unref();
        this.#wake = end;
      }
    });
    return this.#waiting;
  }
}

module.exports = { Reports, takeAll };
