// SPDX-License-Identifier: Apache-2.0
'use strict';

// What this system is, and whether the library may be there for it: on Linux with glibc.

const builtin = require('./builtin.js');

const NAME = `${process.platform}-${process.arch}`;

/** The text of a file; undefined when it cannot be read. */
function readText(file) {
  try {
    return builtin('fs').readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

/** What the library does not run on, as a warning names it; undefined where it does. */
function unsupported() {
  if (process.platform !== 'linux') return NAME;
  return /\/(ld-)?musl-/.test(readText('/proc/self/maps') ?? '') ? `${NAME} with musl` : undefined;
}

/** The same for a Linux where the addon could not be loaded: a C library other than glibc may not show among the process's files. */
function unsupportedAfterAll() {
  if (process.report?.getReport === undefined) return undefined;
  // Looking up the names of the connections' peers would take long.
  const before = process.report.excludeNetwork;
  process.report.excludeNetwork = true;
  try {
    const { header } = process.report.getReport();
    return header.glibcVersionRuntime === undefined ? `${NAME} without glibc` : undefined;
  } catch {
    return undefined;
  } finally {
    process.report.excludeNetwork = before;
  }
}

module.exports = { NAME, readText, unsupported, unsupportedAfterAll };
