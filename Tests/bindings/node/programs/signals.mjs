// SPDX-License-Identifier: Apache-2.0

// Tracks events, and waits for signals. The argument says who handles them: "package", "both" the package and the program, "once" the
// program, which asked first and takes its time, "signal-exit" (a package that passes signals on), or "nobody".
import { createRequire } from 'node:module';
import { Client } from 'tpc-events';
import { deliverOnSignals } from 'tpc-events/signals';

const [, , who] = process.argv;
const client = new Client();
if (who === 'once') process.once('SIGTERM', () => setTimeout(() => process.exit(7), 100));
if (who === 'signal-exit') createRequire(import.meta.url)(process.env.SIGNAL_EXIT).onExit(() => {});
if (who !== 'nobody') deliverOnSignals();
if (who === 'both') process.on('SIGTERM', () => process.exit(7));
for (let number = 0; number < 20; number++) client.track({ page: { href: `https://example.com/${number}` } });
setInterval(() => {}, 1000);
console.log('tracked');
