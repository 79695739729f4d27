// SPDX-License-Identifier: Apache-2.0

// What a client says about options that are not right: the name as it was given, what was found and what is accepted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, OptionError, validateOptions } from 'tpc-events';

const takers = [(options) => new Client(options), Client.shared, validateOptions];

function refused(options) {
  const errors = takers.map((take) => {
    try {
      take(options);
    } catch (error) {
      return error;
    }
    assert.fail('no error');
  });
  for (const error of errors) assert.ok(error instanceof OptionError, error.stack);
  const [first, ...others] = errors.map(({ field, message }) => `${field}: ${message}`);
  for (const other of others) assert.equal(other, first);
  return first;
}

test('options that are not an object are named', () => {
  const found = { null: null, 'an array': [], 'a string': 'key', 'a number': 5, 'a Map': new Map([['apiKey', 'x']]), 'a function': () => 1 };
  for (const [kind, options] of Object.entries(found)) {
    assert.equal(refused(options), `options: found ${kind}; expected an object such as { apiKey: '…' }`);
  }
});

test("an option's name in another case is named as it was given", () => {
  for (const name of ['ApiKey', 'APIKEY', 'apiKEY', 'apikey', 'API_KEY', 'Name']) {
    assert.match(refused({ [name]: 'key' }), new RegExp(`^${name}: is not an option; `));
  }
  assert.equal(refused({ ApiKey: 'key' }), 'ApiKey: is not an option; did you mean apiKey?');
});

test('a value of another type is named, and no value is shown', () => {
  assert.equal(refused({ apiKey: null }), 'apiKey: found null; expected text, a number, true or false');
  assert.match(refused({ apiKey: 'secret-key', trackErrors: 'secret' }), /^trackErrors: found another value; expected none, ai, all$/);
});

test('a logger without its functions is named', () => {
  const expected = 'expected an object with the functions error, warn, info and debug, such as console';
  assert.equal(refused({ logger: null }), `logger: found null; ${expected}`);
  assert.equal(refused({ logger: 'console' }), `logger: found a string; ${expected}`);
  assert.equal(refused({ logger: { error() {} } }), `logger: found an object without the function warn; ${expected}`);
});

test('what is right is taken', () => {
  validateOptions({ apiKey: 'key', logger: console, trustedProxies: ['private'], name: undefined });
  new Client({ apiKey: 'key', dryRun: true, logger: { error() {}, warn() {} } });
});
