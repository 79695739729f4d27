// SPDX-License-Identifier: Apache-2.0
'use strict';

// Loads the addon, the functions of src/module.c. They throw the errors that `errorFrom` creates. A `handle` stands for a
// client; with null, or the handle of a closed client, they throw ClosedError.
//
//   open(defaults, given, isShared, closeMs) -> handle; options as [name, value, name, value, …]
//   validateOptions(defaults, given)
//   trackFields(handle, …17 fields in the contract's order, …key, value) -> false when the event has to be passed as JSON
//   trackJson(handle, text)
//   trackRequest(handle, text) -> null, or the name of the rule that left it out
//   trackRequestTexts(handle, texts, count) -> the same; undefined when one of the texts contains a NUL
//   stats(handle) -> numbers, in the order of statsNames
//   keepsReports(handle) -> boolean        takeReport(handle) -> report or null
//   flush(handle, ms), close(handle, ms) -> promise of the number of events that are left
//   aiAgent(userAgent) -> null or [name, operator, purpose]
//   aiAnswer(referrer, href) -> null or [name, operator, evidence]
//   requestHeaders: the names of the request headers that trackRequest reads, in lower case

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { errorFrom } = require('./errors.js');

// libcurl is linked with the system's OpenSSL and nghttp2. Node's executable exports its own copies of both, often of
// another version, and these would be used first: RTLD_DEEPBIND makes the library use those that it was built with. A
// preloaded library, however, is meant to be used first. If it is a memory allocator, RTLD_DEEPBIND would have memory
// freed by a different allocator than the one that it came from.
function loadingFlags() {
  const { RTLD_NOW, RTLD_DEEPBIND = 0 } = os.constants.dlopen;
  return hasPreloaded() ? RTLD_NOW : RTLD_NOW | RTLD_DEEPBIND;
}

/** Whether the process was started with a preloaded library; process.env may have changed since. */
function hasPreloaded() {
  const began = readText('/proc/self/environ');
  return began === undefined || /(^|\0)LD_PRELOAD=[^\0]/.test(began) || Boolean(readText('/etc/ld.so.preload')?.trim());
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

const DEBIAN_PACKAGES = { libcurl: 'libcurl4', libjansson: 'libjansson4' };

function explained(error, file) {
  const missing = /(lib\w+)\.so[\w.]*(?=: cannot open shared object file)/.exec(error.message);
  if (missing?.[1] in DEBIAN_PACKAGES) {
    const packages = Object.values(DEBIAN_PACKAGES).join(' ');
    return `tpc-events needs ${missing[0]}, which this system lacks; on Debian: apt-get install ${packages}`;
  }
  return `tpc-events cannot load its addon for ${process.platform}-${process.arch} (${file}): ${error.message}`;
}

function load() {
  const file = path.join(__dirname, '..', 'native', `${process.platform}-${process.arch}`, 'tpc.node');
  const module = { exports: {} };
  try {
    process.dlopen(module, file, loadingFlags());
  } catch (error) {
    throw Object.assign(new Error(explained(error, file), { cause: error }), { code: 'ERR_DLOPEN_FAILED' });
  }
  module.exports.setErrorMaker(errorFrom);
  return module.exports;
}

module.exports = load();
