// SPDX-License-Identifier: Apache-2.0
import { PageVisitsOptions } from './middleware.js';

/** Middleware that records each request and lets it pass: export const middleware = pageVisits(). */
export function pageVisits<Request = any>(options?: PageVisitsOptions<[request: Request]>): (request: Request) => void;

/** A route handler, or an API route of the pages router, whose answered requests are recorded. */
export function withPageVisits<Request, Context, Result>(
  handler: (request: Request, context: Context) => Result,
  options?: PageVisitsOptions<[request: Request, response: any]>,
): (request: Request, context: Context) => Promise<Awaited<Result>>;
