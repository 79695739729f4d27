// SPDX-License-Identifier: Apache-2.0
import { PageVisitsOptions } from './middleware.js';

/** A listener that tracks each request that was answered: http.createServer(pageVisits(listener)). */
declare function pageVisits<Request, Response, Result>(
  listener: (request: Request, response: Response) => Result,
  options?: PageVisitsOptions<[request: Request, response: Response]>,
): (request: Request, response: Response) => Result;

export = pageVisits;
