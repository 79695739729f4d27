// SPDX-License-Identifier: Apache-2.0

// Tracks events, says so, and ends in the way that the first argument names. The second is the number of events.
import { Client } from 'tpc-events';

const [, , way, count = '20'] = process.argv;
const client = new Client({ logLevel: 'off', reportCapacity: 100 });
for (let number = 0; number < Number(count); number++) client.track({ page: { href: `https://example.com/${number}` } });
console.log('tracked');

const WAYS = {
  naturally() {},
  by_exit: () => process.exit(3),
  by_an_exception() {
    throw new Error('a fault of the application');
  },
  by_a_rejection: () => Promise.reject(new Error('a fault of the application')),
  by_a_signal_that_is_handled() {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR2']) process.once(signal, () => process.exit(0));
    setInterval(() => {}, 1000);
    console.log('waiting');
  },
  after_a_flush: async () => console.log('pending', await client.flush(60000)),
  while_flushing: () => void client.flush(60000).then(() => process.exit(9)),
  by_exit_while_flushing() {
    client.flush(60000);
    setImmediate(() => process.exit(0));
  },
  after_a_close: async () => console.log('undelivered', await client.close(60000)),
  while_reports_are_awaited: async () => {
    for await (const report of client.reports()) console.log('report', report.outcome);
  },
};
WAYS[way]();
