// SPDX-License-Identifier: Apache-2.0

// The same as frozen.py, in Node.
'use strict';

const { Client } = require('tpc-events');

async function main(way) {
  const client = new Client();
  if (way === 'warm') {
    client.track({ page: { href: 'https://example.com/warm' } });
    await client.flush(60000);
  }
  for (let number = 0; number < 20; number++) client.track({ page: { href: `https://example.com/${number}` } });
  if (way === 'flushes') console.log('left:', await client.flush(60000));
  process.kill(process.pid, 'SIGSTOP');
  await client.flush(60000);
  const { delivered, expired } = client.stats();
  console.log(`delivered ${delivered}, expired ${expired}`);
}

main(process.argv[2]);
