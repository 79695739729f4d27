// SPDX-License-Identifier: Apache-2.0
'use strict';

// A client's counters for Prometheus and OpenTelemetry. Neither is loaded here: what they need is given, so that any version of
// prom-client or of OpenTelemetry's API works that has the functions called below.

const { ClosedError, TpcError } = require('./errors.js');

/** Each number of stats: its name in OpenTelemetry, its unit as UCUM writes it, and what it counts. */
const NUMBERS = {
  accepted: ['tpc.events.accepted', '{event}', 'Events taken into the queue'],
  delivered: ['tpc.events.delivered', '{event}', 'Events that the server accepted'],
  rejected: ['tpc.events.rejected', '{event}', 'Events that the server refused permanently'],
  expired: ['tpc.events.expired', '{event}', 'Events not delivered within deliveryTimeoutMs, or spoolMaxAgeMs'],
  abandoned: ['tpc.events.abandoned', '{event}', 'Events left, in memory only, when close ran out of time'],
  pending: ['tpc.events.pending', '{event}', 'Events queued, in flight or waiting for a retry'],
  refusedInvalid: ['tpc.events.refused.invalid', '{event}', 'Events that the contract refuses'],
  refusedTooLarge: ['tpc.events.refused.too_large', '{event}', 'Events larger than maxEventBytes'],
  refusedQueueFull: ['tpc.events.refused.queue_full', '{event}', 'Events refused because the queue was full'],
  refusedSystem: ['tpc.events.refused.system', '{event}', 'Events refused for lack of memory or a thread'],
  sampledOut: ['tpc.events.sampled_out', '{event}', 'Events left out by sampleRate'],
  disabled: ['tpc.events.disabled', '{event}', 'Events left out because enabled is false'],
  leftOut: ['tpc.events.left_out', '{event}', 'Web requests and events that a rule left out'],
  requests: ['tpc.requests', '{request}', 'HTTP requests to the server that ended, whatever the answer'],
  failedRequests: ['tpc.requests.failed', '{request}', 'HTTP requests that were not answered with 2xx'],
  inFlight: ['tpc.requests.in_flight', '{request}', 'HTTP requests in progress'],
  retries: ['tpc.retries', '{request}', "HTTP requests beyond an event's first"],
  oddResponses: ['tpc.odd_responses', '{response}', '2xx responses whose body is not what the contract says'],
  reportsDropped: ['tpc.reports.dropped', '{report}', 'Reports dropped because reportCapacity was used up'],
  queueBytes: ['tpc.queue.bytes', 'By', 'Bytes that the pending events occupy'],
  spooled: ['tpc.events.spooled', '{event}', 'Events left in spoolDirectory, for whoever sends from there next'],
  adopted: ['tpc.events.adopted', '{event}', 'Events taken from spoolDirectory, where they were left'],
  unspooled: ['tpc.events.unspooled', '{event}', 'Events in memory only: the spool was full, or the disk failed'],
  spoolBytes: ['tpc.spool.bytes', 'By', 'Bytes of the files in spoolDirectory that this client holds'],
  spoolErrors: ['tpc.spool.errors', '{error}', 'Calls to the disk that failed'],
  spoolCorrupt: ['tpc.spool.corrupt', '{record}', 'Damaged records and files found in spoolDirectory'],
};
/** Those that go up and down. */
const GAUGES = new Set(['pending', 'inFlight', 'queueBytes', 'spoolBytes']);

const METRICS = Object.entries(NUMBERS).map(([stat, [dotted, unit, help]]) => {
  const type = GAUGES.has(stat) ? 'gauge' : 'counter';
  const name = dotted.replace(/\./g, '_') + (type === 'counter' ? '_total' : '');
  return { stat, dotted, unit, help, type, name };
});

/** The client's numbers; null once it is closed. */
function numbersOf(client) {
  try {
    return client.stats();
  } catch (error) {
    if (error instanceof ClosedError || error?.code === 'TPC_ERROR_CLOSED') return null;
    throw error;
  }
}

/** Throws unless `given` has these functions. */
function check(field, given, functions) {
  const missing = functions.find((name) => typeof given?.[name] !== 'function');
  if (missing === undefined) return;
  throw new TpcError('TPC_ERROR_INVALID_ARGUMENT', field, `found a value without the function ${missing}; expected a ${field}`);
}

/** A metric as prom-client's Registry reads it. The registry may rename it, for OpenMetrics. */
class PrometheusMetric {
  labelNames = [];
  aggregator = 'sum';
  #client;
  #stat;

  constructor(client, { name, help, type, stat }) {
    Object.assign(this, { name, help, type });
    this.#client = client;
    this.#stat = stat;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    const numbers = numbersOf(this.#client);
    return { name, help, type, aggregator, values: numbers === null ? [] : [{ value: numbers[this.#stat], labels: {} }] };
  }

  /** registry.resetMetrics() calls it. The library's counters begin with the client. */
  reset() {}
}

/** Registers the metrics with prom-client's Registry; returns what removes them. */
function registerPrometheus(registry, client) {
  check('registry', registry, ['registerMetric', 'removeSingleMetric']);
  check('client', client, ['stats']);
  const metrics = METRICS.map((metric) => new PrometheusMetric(client, metric));
  for (const metric of metrics) registry.registerMetric(metric);
  return () => metrics.forEach(({ name }) => registry.removeSingleMetric(name));
}

/** Makes observable instruments of OpenTelemetry's Meter; returns what removes their callback. */
function registerOpenTelemetry(meter, client) {
  check('meter', meter, ['createObservableCounter', 'createObservableUpDownCounter', 'addBatchObservableCallback']);
  check('client', client, ['stats']);
  const instruments = METRICS.map(({ dotted, unit, help, type }) => {
    const options = { description: help, unit };
    return type === 'counter' ? meter.createObservableCounter(dotted, options) : meter.createObservableUpDownCounter(dotted, options);
  });
  const observe = (result) => {
    const numbers = numbersOf(client);
    if (numbers !== null) METRICS.forEach(({ stat }, index) => result.observe(instruments[index], numbers[stat]));
  };
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback?.(observe, instruments);
}

/** The metrics in Prometheus' text format, for a server's own /metrics. */
function exposition(client) {
  check('client', client, ['stats']);
  const numbers = numbersOf(client);
  if (numbers === null) return '';
  return METRICS.map(({ name, stat, help, type }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${numbers[stat]}\n`).join('');
}

/** The Content-Type of `exposition`. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

module.exports = { contentType, exposition, registerOpenTelemetry, registerPrometheus };
