// SPDX-License-Identifier: Apache-2.0

// Sends one page visit and waits up to five seconds for its delivery.
//
//     npm install build/node/tpc-events-*.tgz
//     TPC_API_KEY=... node page_visit.mjs
import { Client } from 'tpc-events';

// Takes its options from the environment: TPC_API_KEY and so on. A server creates one client and keeps it.
const client = new Client();
// One event per request. A wrong value is refused here; fields that are not given stay absent.
client.track({
  page: { href: 'https://docs.example.com/quickstart' },
  request: { userAgent: 'page_visit.mjs' },
  properties: { status: 200 },
});
// At the end: delivers what is queued, and returns how many events could not be delivered.
const undelivered = await client.close(5000);
if (undelivered > 0) throw new Error(`not delivered: ${undelivered}`);
console.log('one page visit was delivered');
