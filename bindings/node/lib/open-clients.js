// SPDX-License-Identifier: Apache-2.0
'use strict';

// The clients of this thread that are open, for what has to reach all of them.

const clients = new Map();
const collected = new FinalizationRegistry((reference) => clients.delete(reference));

/** Remembers a client until it is collected, with how long the process's exit may wait for it. */
function opened(client, exitTimeoutMs) {
  const reference = new WeakRef(client);
  clients.set(reference, exitTimeoutMs);
  collected.register(client, reference);
}

/** Resolves when what is queued in every client is delivered, for each client after at most its exitTimeoutMs. */
async function deliver() {
  const flushes = [...clients].map(([reference, exitTimeoutMs]) => reference.deref()?.flush(exitTimeoutMs));
  // A closed client has nothing left to deliver.
  await Promise.allSettled(flushes);
}

module.exports = { opened, deliver };
