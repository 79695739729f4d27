// SPDX-License-Identifier: Apache-2.0
'use strict';

const { types } = require('./builtin.js')('util');

/** What an application threw, which may be anything. Its message may contain visitors' data: only its name and location are kept. */
function kindOf(error) {
  try {
    if (!(error instanceof Error) && !types.isNativeError(error)) return `the application threw a value of type ${typeof error}`;
    const { name, message, stack } = error;
    const frames = String(stack).slice(String(stack).indexOf(message) + String(message).length);
    return `${/^\w{1,64}$/.test(name) ? name : 'Error'} ${/^ +(at .*)/m.exec(frames)?.[1] ?? 'at an unknown location'}`;
  } catch {
    return 'the application threw a value that cannot be read';
  }
}

module.exports = { kindOf };
