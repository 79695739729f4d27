// SPDX-License-Identifier: Apache-2.0
'use strict';

// Each name is written out, as bundlers need it.
const REQUIRE = {
  async_hooks: () => require('node:async_hooks'),
  fs: () => require('node:fs'),
  module: () => require('node:module'),
  os: () => require('node:os'),
  path: () => require('node:path'),
  util: () => require('node:util'),
  worker_threads: () => require('node:worker_threads'),
};

const IN_A_MODULE =
  "tpc-events is in a bundle that is an ES module, which cannot load Node's own modules before Node 20.16: " +
  'mark the package as external (esbuild: --external:tpc-events), or bundle as CommonJS (--format=cjs)';

/** A module of Node's own, such as 'fs'. A bundle that is an ES module has no `require`; Node 20.16 and later have another way. */
module.exports = function builtin(name) {
  if (typeof process.getBuiltinModule === 'function') return process.getBuiltinModule(`node:${name}`);
  try {
    return REQUIRE[name]();
  } catch (cause) {
    throw Object.assign(new Error(IN_A_MODULE, { cause }), { code: 'ERR_DLOPEN_FAILED' });
  }
};
