// SPDX-License-Identifier: Apache-2.0
'use strict';

// Brings the library's log lines, which it keeps until they are taken, to where the application logs. They are taken by the calls that
// a program makes anyway, by a timer while events are pending, and when the process exits. No thread of the library's calls back.

const native = require('./addon.js');
const { tell } = require('./log.js');

const LINE = /^(error|warn|info|debug): (.*)$/s;
/** How often a timer looks while events are pending. */
const PERIOD_MS = 250;
const AT_EXIT = Symbol.for('tpc-events.lines-at-exit');
const PENDING = native.statsNames.indexOf('pending');

let isBringing = false;

/** Brings the lines that are there now. A logger that calls this package does not begin it again. */
function bringLines() {
  if (isBringing) return;
  isBringing = true;
  try {
    for (let line = native.logTake(); line !== null; line = native.logTake()) {
      const [, level, text] = LINE.exec(line) ?? [line, 'warn', line];
      tell(level, text);
    }
  } finally {
    isBringing = false;
  }
}

// What is logged later than this, the library writes to the standard error output.
// The process remembers it: test runners load modules anew, each time with global objects of their own.
if (process[AT_EXIT] !== true) process.on('exit', bringLines);
process[AT_EXIT] = true;

/** Looks for lines while events of one client are pending. It does not keep the process alive. */
class LineWatch {
  #handle;
  #isWatching = false;

  constructor(handle) {
    this.#handle = handle;
  }

  /** An event was queued. Called for every event. */
  expect() {
    if (!this.#isWatching) this.#watch();
  }

  #watch() {
    this.#isWatching = true;
    // Weakly: a client that nothing else refers to ends.
    const watch = new WeakRef(this);
    setTimeout(() => {
      bringLines();
      watch.deref()?.#look();
    }, PERIOD_MS).unref?.();
  }

  #look() {
    this.#isWatching = false;
    try {
      if (native.stats(this.#handle)[PENDING] > 0) this.#watch();
    } catch {
      // The client is closed.
    }
  }
}

module.exports = { LineWatch, bringLines };
