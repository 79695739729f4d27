// SPDX-License-Identifier: Apache-2.0
'use strict';

const builtin = require('./builtin.js');
const { TpcError } = require('./errors.js');
const { deliver } = require('./open-clients.js');

const os = builtin('os');
const { isMainThread } = builtin('worker_threads');
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'];
const watched = new Set();
let isDelivering = false;

/**
 * Lets a signal that would end the process wait until what is queued is delivered, for at most exitTimeoutMs; then the signal ends
 * it. When the application has a listener of its own for the signal, that one decides, and nothing is done here.
 */
function deliverOnSignals(signals = SIGNALS) {
  for (const signal of signals) {
    if (!(signal in os.constants.signals)) {
      throw new TpcError('TPC_ERROR_INVALID_ARGUMENT', 'signals', 'found an unknown signal; expected names such as SIGTERM');
    }
  }
  // A worker thread gets no signals.
  if (!isMainThread) return;
  for (const signal of signals) {
    // Before the application's: a listener for once is gone by the time that a later one is called.
    if (!watched.has(signal)) process.prependListener(signal, deliverAndEnd);
    watched.add(signal);
  }
}

async function deliverAndEnd(signal) {
  if (process.listenerCount(signal) > 1 + countOfSignalExit() || isDelivering) return;
  isDelivering = true;
  await deliver();
  process.off(signal, deliverAndEnd);
  process.kill(process.pid, signal);
}

/**
 * The listeners of the package signal-exit, which many others load: they do nothing until no listener but theirs is left. Versions 3
 * and 4 keep their number here.
 */
function countOfSignalExit() {
  const emitters = [process.__signal_exit_emitter__, globalThis[Symbol.for('signal-exit emitter')]];
  return emitters.reduce((count, emitter) => count + (Number(emitter?.count) || 0), 0);
}

module.exports = { deliverOnSignals };
