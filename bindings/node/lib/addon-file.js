// SPDX-License-Identifier: Apache-2.0
'use strict';

// Finds the addon's file: in this package, or, where a bundler has put this code into another file, beside that file or in the
// package that is installed for it.

const builtin = require('./builtin.js');
const { NAME } = require('./platform.js');
const { version } = require('../package.json');

const IN_PACKAGE = ['native', NAME, 'tpc.node'];

/** Whether a bundler has put this code elsewhere. A bundle that is an ES module has no __dirname. */
function isBundled() {
  return typeof __dirname === 'undefined' || !builtin('fs').existsSync(builtin('path').join(__dirname, 'addon-file.js'));
}

/** The folders of the code that runs: this file's, and the program's. */
function folders() {
  const path = builtin('path');
  const found = typeof __dirname === 'undefined' ? [] : [__dirname];
  if (process.argv[1]) found.push(path.dirname(path.resolve(process.argv[1])));
  return found;
}

/** The file in the installed package that a program in this folder would load, if it is of this code's version. */
function installed(folder) {
  try {
    const path = builtin('path');
    const file = builtin('module').createRequire(path.join(folder, 'any.js')).resolve('tpc-events/package.json');
    const isSame = JSON.parse(builtin('fs').readFileSync(file, 'utf8')).version === version;
    return isSame ? path.join(path.dirname(file), ...IN_PACKAGE) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the addon may be, the most likely first. */
function candidates() {
  const path = builtin('path');
  if (!isBundled()) return [path.join(__dirname, '..', ...IN_PACKAGE)];
  return [...folders().map((folder) => path.join(folder, ...IN_PACKAGE)), ...folders().map(installed)].filter(Boolean);
}

/** The addon's file: the first that is there, else the one that should be. */
function addonFile() {
  const files = candidates();
  return files.find((file) => builtin('fs').existsSync(file)) ?? files[0] ?? builtin('path').join(...IN_PACKAGE);
}

module.exports = { addonFile, isBundled };
