// SPDX-License-Identifier: Apache-2.0
'use strict';

// A client's counters for Prometheus and OpenTelemetry. Neither is loaded here: what they need is given, so that any version of
// prom-client or of OpenTelemetry's API works that has the functions called below.

const { ClosedError, TpcError } = require('./errors.js');

/** Each metric: its name, the number of stats, and what it counts. A name that ends in _total is a counter's, others are gauges'. */
const METRICS = [
  ['tpc_events_accepted_total', 'accepted', 'Events taken into the queue.'],
  ['tpc_events_delivered_total', 'delivered', 'Events that the server took.'],
  ['tpc_events_rejected_total', 'rejected', 'Events that the server refused permanently.'],
  ['tpc_events_expired_total', 'expired', 'Events that were not delivered in time.'],
  ['tpc_events_abandoned_total', 'abandoned', 'Events that were left when a close ran out of time.'],
  ['tpc_events_pending', 'pending', 'Events that are queued, in flight or waiting for a retry.'],
  ['tpc_events_refused_invalid_total', 'refusedInvalid', 'Events that the contract refuses, or that were not JSON.'],
  ['tpc_events_refused_too_large_total', 'refusedTooLarge', 'Events that were too large.'],
  ['tpc_events_refused_queue_full_total', 'refusedQueueFull', 'Events that found the queue full.'],
  ['tpc_events_refused_system_total', 'refusedSystem', 'Events that found no memory or no thread.'],
  ['tpc_events_sampled_out_total', 'sampledOut', 'Events that were left out by the sample rate.'],
  ['tpc_events_disabled_total', 'disabled', 'Events that were left out because tracking is disabled.'],
  ['tpc_events_left_out_total', 'leftOut', 'Web requests and events that a rule left out.'],
  ['tpc_requests_total', 'requests', 'HTTP requests that ended, whatever the answer.'],
  ['tpc_requests_failed_total', 'failedRequests', 'HTTP requests that were not answered with 2xx.'],
  ['tpc_requests_in_flight', 'inFlight', 'HTTP requests in progress.'],
  ['tpc_retries_total', 'retries', "Requests beyond an event's first."],
  ['tpc_odd_responses_total', 'oddResponses', 'Answers with 2xx whose body is not what the contract says.'],
  ['tpc_reports_dropped_total', 'reportsDropped', 'Delivery reports that were dropped because nobody took them.'],
  ['tpc_queue_bytes', 'queueBytes', 'Bytes that the pending events occupy.'],
].map(([name, stat, help]) => ({ name, stat, help, type: name.endsWith('_total') ? 'counter' : 'gauge' }));

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
  check('meter', meter, ['createObservableCounter', 'createObservableGauge', 'addBatchObservableCallback']);
  check('client', client, ['stats']);
  const instruments = METRICS.map(({ name, help, type }) => {
    const options = { description: help };
    return type === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
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
