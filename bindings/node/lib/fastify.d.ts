// SPDX-License-Identifier: Apache-2.0
import { PageVisitsOptions } from './middleware.js';

/** A plugin that tracks each request that was answered: fastify.register(pageVisits, options). */
declare function pageVisits(
  fastify: any,
  options: PageVisitsOptions<[request: any, reply: any]>,
  done: (error?: Error) => void,
): void;

export = pageVisits;
