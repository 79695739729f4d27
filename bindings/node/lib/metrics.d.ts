// SPDX-License-Identifier: Apache-2.0
import { Statistics } from './index.js';

/** A Client; for the middleware's, Client.shared() with the same options. */
interface Counted {
  stats(): Statistics;
}

/** prom-client's Registry, as far as it is used. */
interface PrometheusRegistry {
  registerMetric(metric: any): void;
  removeSingleMetric(name: string): void;
}

/** OpenTelemetry's Meter, as far as it is used. */
interface OpenTelemetryMeter {
  createObservableCounter(name: string, options?: { description?: string; unit?: string }): any;
  createObservableUpDownCounter(name: string, options?: { description?: string; unit?: string }): any;
  addBatchObservableCallback(callback: (result: any) => void, observables: any[]): void;
  removeBatchObservableCallback?(callback: (result: any) => void, observables: any[]): void;
}

/** Registers the client's counters, such as tpc_events_delivered_total, with prom-client's Registry. Returns what removes them. */
export function registerPrometheus(registry: PrometheusRegistry, client: Counted): () => void;

/** Makes the same numbers instruments of OpenTelemetry's Meter. Returns what removes them. */
export function registerOpenTelemetry(meter: OpenTelemetryMeter, client: Counted): () => void;

/** Returns the same numbers in Prometheus' text format, for a /metrics of your own; '' once the client is closed. */
export function exposition(client: Counted): string;

/** The Content-Type of `exposition`. */
export const contentType: string;
