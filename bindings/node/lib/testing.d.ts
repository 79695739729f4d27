// SPDX-License-Identifier: Apache-2.0
import { LeftOut, SentVisit } from './index.js';

/** The page visits that were captured. */
export interface Capture {
  /** The events as they would have been sent: completed, redacted, labeled. New ones are added at the end. */
  readonly events: SentVisit[];
  /** The rule that left a request or an event out, for each that was. */
  readonly leftOut: (LeftOut | 'sample_rate')[];
  /**
   * Resolves to the events once there are `count` (1) of them: a visit is tracked after its response has been sent. Rejects after
   * `timeoutMs` (5000).
   */
  wait(count?: number, timeoutMs?: number): Promise<SentVisit[]>;
  /** Ends the capture. */
  stop(): void;
}

/**
 * Captures the page visits of every client and middleware of this thread, in place of sending them; those of a client whose option
 * `enabled` is false, too. Needs no key, and no server of the company's. Load this module before the application: from then on, clients work without a key.
 */
export function capture(): Capture;
/** Captures the page visits while `during` runs, and returns them. */
export function capture(during: (captured: Capture) => unknown): Promise<SentVisit[]>;

/** Whether the library runs here, on Linux with glibc. Elsewhere, capture() throws: test(name, { skip: !isSupported }, …). */
export const isSupported: boolean;
