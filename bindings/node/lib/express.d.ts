// SPDX-License-Identifier: Apache-2.0

// Where @types/express is missing, both are any.
// @ts-ignore
import type { Request as ExpressRequest, Response as ExpressResponse } from 'express';
import { PageVisitsOptions } from './middleware.js';

/** Tracks each request that was answered: app.use(pageVisits()). */
declare function pageVisits<Request = ExpressRequest, Response = ExpressResponse>(
  options?: PageVisitsOptions<[request: Request, response: Response]>,
): (request: Request, response: Response, next: (error?: any) => void) => void;

export = pageVisits;
