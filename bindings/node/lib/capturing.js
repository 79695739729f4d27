// SPDX-License-Identifier: Apache-2.0
'use strict';

// What testing.js changes and a client looks at. It is the thread's, not this module's: a bundle, or a test runner that loads modules
// anew, may have several copies of this package.

const KEY = Symbol.for('tpc-events.capturing');

/**
 * `current` takes the events while a test captures them, and is null otherwise: event(options, text); request(options, text), which
 * returns the rule that left it out, or null; draft(options, text), which returns a request's event without taking it. `isTesting`: clients need no key.
 */
module.exports = globalThis[KEY] ??= { current: null, isTesting: false };
