// SPDX-License-Identifier: Apache-2.0

// The metrics, with small stand-ins for prom-client's Registry and OpenTelemetry's Meter: npm's registry is not part of the tests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'tpc-events';
import { contentType, exposition, registerOpenTelemetry, registerPrometheus } from 'tpc-events/metrics';

const href = 'https://example.com/';

/** Reads metrics as prom-client 15 does. */
class Registry {
  metrics = new Map();

  registerMetric(metric) {
    if (this.metrics.has(metric.name)) throw new Error(`A metric with the name ${metric.name} has already been registered.`);
    this.metrics.set(metric.name, metric);
  }

  removeSingleMetric(name) {
    this.metrics.delete(name);
  }

  async text() {
    const read = await Promise.all([...this.metrics.values()].map((metric) => metric.get()));
    const lines = ({ name, help, type, values }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...values.map(({ value }) => `${name} ${value}`)];
    return read.map((metric) => `${lines(metric).join('\n')}\n`).join('');
  }
}

/** Reads instruments as OpenTelemetry's SDK does when it collects. */
class Meter {
  callbacks = new Map();
  kinds = {};

  createObservableCounter(name) {
    this.kinds[name] = 'counter';
    return { name };
  }

  createObservableUpDownCounter(name) {
    this.kinds[name] = 'up-down counter';
    return { name };
  }

  addBatchObservableCallback(callback, instruments) {
    this.callbacks.set(callback, instruments);
  }

  removeBatchObservableCallback(callback) {
    this.callbacks.delete(callback);
  }

  collect() {
    const found = {};
    const observe = (instrument, value) => (found[instrument.name] = value);
    for (const callback of this.callbacks.keys()) callback({ observe });
    return found;
  }
}

function clientWithVisits() {
  const client = new Client({ apiKey: 'key', dryRun: true });
  client.track({ page: { href } });
  assert.throws(() => client.track({ page: {} }));
  return client;
}

test("prom-client's registry reads the same text as a server of one's own", async () => {
  const client = clientWithVisits();
  await client.flush();
  const registry = new Registry();
  const remove = registerPrometheus(registry, client);
  const text = await registry.text();
  assert.equal(text, exposition(client));
  for (const line of ['tpc_events_accepted_total 1', 'tpc_events_delivered_total 1', 'tpc_events_refused_invalid_total 1', 'tpc_events_pending 0']) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
  assert.ok(text.includes('# TYPE tpc_events_accepted_total counter\n') && text.includes('# TYPE tpc_queue_bytes gauge\n'));
  client.track({ page: { href } });
  assert.ok((await registry.text()).includes('tpc_events_accepted_total 2'));
  assert.throws(() => registerPrometheus(registry, client), /already been registered/);
  remove();
  assert.equal(registry.metrics.size, 0);
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
});

test('every number of stats has one metric, and each name is valid', () => {
  const client = clientWithVisits();
  const names = [...exposition(client).matchAll(/^# TYPE (\S+) (counter|gauge)$/gm)];
  assert.equal(names.length, Object.keys(client.stats()).length);
  assert.equal(new Set(names.map(([, name]) => name)).size, names.length);
  for (const [, name, type] of names) assert.ok(/^tpc_[a-z_]+$/.test(name) && name.endsWith('_total') === (type === 'counter'), name);
});

test("OpenTelemetry's meter observes the same numbers", async () => {
  const client = clientWithVisits();
  const meter = new Meter();
  const remove = registerOpenTelemetry(meter, client);
  await client.flush();
  const found = meter.collect();
  const prometheusName = (name) => `${name.replaceAll('.', '_')}${meter.kinds[name] === 'counter' ? '_total' : ''}`;
  const lines = Object.entries(found).map(([name, value]) => `${prometheusName(name)} ${value}`);
  assert.deepEqual(lines, exposition(client).split('\n').filter((line) => line !== '' && !line.startsWith('#')));
  assert.equal(meter.kinds['tpc.events.pending'], 'up-down counter');
  assert.equal(meter.kinds['tpc.requests'], 'counter');
  remove();
  assert.deepEqual(meter.collect(), {});
});

test('a client that is closed has no numbers, and nothing throws', async () => {
  const client = clientWithVisits();
  const [registry, meter] = [new Registry(), new Meter()];
  registerPrometheus(registry, client);
  registerOpenTelemetry(meter, client);
  await client.close(0);
  assert.equal(exposition(client), '');
  assert.deepEqual(meter.collect(), {});
  assert.ok(!/^tpc/m.test(await registry.text()));
});

test('what is given in the wrong place is named', () => {
  const client = clientWithVisits();
  assert.throws(() => registerPrometheus(client, new Registry()), { field: 'registry' });
  assert.throws(() => registerPrometheus(new Registry()), { field: 'client' });
  assert.throws(() => registerOpenTelemetry(null, client), { field: 'meter' });
  assert.throws(() => exposition(), { field: 'client' });
});
