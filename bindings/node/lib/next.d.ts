// SPDX-License-Identifier: Apache-2.0

// Where Next.js is missing, it is any.
// @ts-ignore
import type { NextRequest } from 'next/server';
import { PageVisitsOptions } from './middleware.js';

/** Middleware that tracks each request and lets it pass: export const middleware = pageVisits(). */
export function pageVisits<Request = NextRequest>(options?: PageVisitsOptions<[request: Request]>): (request: Request) => void;

/** Wraps a route handler, or an API route of the pages router, and tracks the requests that it answers. */
export function withPageVisits<Request, Context, Result>(
  handler: (request: Request, context: Context) => Result,
  options?: PageVisitsOptions<[request: Request, response: any]>,
): (request: Request, context: Context) => Promise<Awaited<Result>>;
