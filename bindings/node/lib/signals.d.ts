// SPDX-License-Identifier: Apache-2.0

/**
 * Lets a signal that would end the process wait until what is queued is delivered, for at most exitTimeoutMs; then the signal ends
 * it, as it would have without this call. When the application has a listener of its own for the signal, that one decides. Does
 * nothing in a worker thread. Without `signals`: SIGTERM, SIGINT, SIGHUP and SIGUSR2. Throws TpcError for an unknown name.
 */
export function deliverOnSignals(signals?: readonly NodeSignal[]): void;

/** The name of a signal, as in NodeJS.Signals. */
export type NodeSignal = `SIG${string}`;
