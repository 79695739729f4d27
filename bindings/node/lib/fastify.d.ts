// SPDX-License-Identifier: Apache-2.0

// Where Fastify is missing, both are any.
// @ts-ignore
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PageVisitsOptions } from './middleware.js';

/** A plugin that tracks each request that was answered: fastify.register(pageVisits, options). */
declare function pageVisits(
  fastify: any,
  options: PageVisitsOptions<[request: FastifyRequest, reply: FastifyReply]>,
  done: (error?: Error) => void,
): void;

export = pageVisits;
