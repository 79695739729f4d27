// SPDX-License-Identifier: Apache-2.0
import { PageVisitsOptions } from './middleware.js';

/** A plugin that records each answered request: fastify.register(pageVisits, options). */
declare function pageVisits(
  fastify: any,
  options: PageVisitsOptions<[request: any, reply: any]>,
  done: (error?: Error) => void,
): void;

export = pageVisits;
