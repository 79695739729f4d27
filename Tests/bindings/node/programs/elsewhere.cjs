// SPDX-License-Identifier: Apache-2.0

// Loaded before a program (--require): has Node take this machine for the system that SYSTEM names.
'use strict';

const fs = require('node:fs');

const { SYSTEM } = process.env;
const pretend = (name, value) => Object.defineProperty(process, name, { value, configurable: true });

if (SYSTEM === 'darwin' || SYSTEM === 'win32') {
  pretend('platform', SYSTEM);
} else {
  const { readFileSync } = fs;
  const maps = SYSTEM === 'musl' ? '7f00-7f01 r-xp 00000000 08:01 1 /lib/ld-musl-x86_64.so.1\n' : '';
  fs.readFileSync = (file, ...rest) => (file === '/proc/self/maps' ? maps : readFileSync(file, ...rest));
  const { getReport } = process.report;
  const withoutGlibc = ({ header: { glibcVersionRuntime, ...header }, ...report }) => ({ ...report, header });
  process.report.getReport = () => withoutGlibc(getReport.call(process.report));
  process.dlopen = () => {
    throw new Error('Error relocating tpc.node: symbol not found');
  };
}
