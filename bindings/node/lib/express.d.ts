// SPDX-License-Identifier: Apache-2.0
import { PageVisitsOptions } from './middleware.js';

/** Tracks each request that was answered: app.use(pageVisits()). */
declare function pageVisits<Request = any, Response = any>(
  options?: PageVisitsOptions<[request: Request, response: Response]>,
): (request: Request, response: Response, next: (error?: any) => void) => void;

export = pageVisits;
