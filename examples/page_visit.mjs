// SPDX-License-Identifier: Apache-2.0

// Sends one page visit and waits up to five seconds for its delivery.
//
//     npm install build/node/tpc-events-*.tgz
//     TPC_API_KEY=... node page_visit.mjs
import { Client } from 'tpc-events';

// The options of the environment, TPC_API_KEY and the like. A server makes one client and keeps it.
const client = new Client();
// Each request is an event. A wrong value is refused here, at once; what is not given stays absent.
client.track({
  page: { href: 'https://docs.example.com/quickstart' },
  request: { userAgent: 'page_visit.mjs' },
  properties: { status: 200 },
});
// At the end: deliver what is queued, or say how much could not be.
const undelivered = await client.close(5000);
if (undelivered > 0) throw new Error(`not delivered: ${undelivered}`);
console.log('one page visit was delivered');
