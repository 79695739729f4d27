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
//   eventFromRequest(handle, text) -> the JSON of its event, or null when a rule left it out
//   number(handle) -> a number that all handles of the client share
//   stats(handle) -> numbers, in the order of statsNames
//   keepsReports(handle) -> boolean        takeReport(handle) -> report or null
//   flush(handle, ms), close(handle, ms) -> promise of the number of events that are left
//   aiAgent(userAgent) -> null or [name, operator, purpose]
//   aiAnswer(referrer, href) -> null or [name, operator, evidence]
//   statsNames: the names of the numbers of stats
//   eventToJson(handle, text), requestToJson(handle, text) -> [text, null], or [null, the name of the rule that left it out]
//   logTake() -> the oldest of the library's log lines that are kept, or null
//   requestHeaders: the names of the request headers that trackRequest reads, in lower case

const { addonFile, isBundled } = require('./addon-file.js');
const builtin = require('./builtin.js');
const { errorFrom } = require('./errors.js');
const { tell } = require('./log.js');
const { NAME, readText, unsupported, unsupportedAfterAll } = require('./platform.js');

// libcurl is linked with the system's OpenSSL and nghttp2. Node's executable exports its own copies of both, often of
// another version, and these would be used first: RTLD_DEEPBIND makes the library use those that it was built with. A
// preloaded library, however, is meant to be used first. If it is a memory allocator, RTLD_DEEPBIND would have memory
// freed by a different allocator than the one that it came from.
function loadingFlags() {
  const { RTLD_NOW, RTLD_DEEPBIND = 0 } = builtin('os').constants.dlopen;
  return hasPreloaded() ? RTLD_NOW : RTLD_NOW | RTLD_DEEPBIND;
}

/** Whether the process was started with a preloaded library; process.env may have changed since. */
function hasPreloaded() {
  const began = readText('/proc/self/environ');
  return began === undefined || /(^|\0)LD_PRELOAD=[^\0]/.test(began) || Boolean(readText('/etc/ld.so.preload')?.trim());
}

const DEBIAN_PACKAGES = { libcurl: 'libcurl4', libjansson: 'libjansson4' };

const IN_A_BUNDLE =
  '. The code is in a bundle: mark the package as external (esbuild: --external:tpc-events; webpack: externals; Next.js: ' +
  "serverExternalPackages), or put the package's folder native beside the bundle";

function explained(error, file) {
  const missing = /(lib\w+)\.so[\w.]*(?=: cannot open shared object file)/.exec(error.message);
  if (missing?.[1] in DEBIAN_PACKAGES) {
    const packages = Object.values(DEBIAN_PACKAGES).join(' ');
    return `tpc-events needs ${missing[0]}, which this system lacks; on Debian: apt-get install ${packages}`;
  }
  return `tpc-events cannot load its addon for ${NAME} (${file}): ${error.message}${isBundled() ? IN_A_BUNDLE : ''}`;
}

function load() {
  const file = addonFile();
  const module = { exports: {} };
  try {
    process.dlopen(module, file, loadingFlags());
  } catch (error) {
    throw Object.assign(new Error(explained(error, file), { cause: error }), { code: 'ERR_DLOPEN_FAILED' });
  }
  module.exports.setErrorMaker(errorFrom);
  return module.exports;
}

/** The addon; what stands in for it where the library does not run. Throws where it should run and does not. */
function loadOrStandIn() {
  let system = unsupported();
  if (system === undefined) {
    try {
      return load();
    } catch (error) {
      system = unsupportedAfterAll();
      if (system === undefined) throw error;
    }
  }
  // Once a process, not once a thread.
  if (builtin('worker_threads').isMainThread) {
    tell('warn', `tpc-events does not run on ${system}: page visits are not tracked. It runs on Linux with glibc`);
  }
  return require('./stub.js');
}

module.exports = loadOrStandIn();
