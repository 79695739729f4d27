// SPDX-License-Identifier: Apache-2.0

// Where @types/koa is missing, it is any.
// @ts-ignore
import type { Context as KoaContext } from 'koa';
import { PageVisitsOptions } from './middleware.js';

/** Tracks each request that was answered: app.use(pageVisits()), before the other middleware. */
declare function pageVisits<Context = KoaContext>(
  options?: PageVisitsOptions<[context: Context]>,
): (context: Context, next: () => Promise<any>) => Promise<any>;

export = pageVisits;
