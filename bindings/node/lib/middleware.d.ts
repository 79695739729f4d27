// SPDX-License-Identifier: Apache-2.0
import { Client, ClientOptions, VisitAddition } from './index.js';

/**
 * With `client`, that client is used; otherwise the process's shared one, with these options. `event` is called when the
 * response has been sent. It returns what to add to the event, nothing, or false to leave the visit out; not a promise.
 */
export type PageVisitsOptions<Subjects extends unknown[]> = ClientOptions & {
  client?: Client;
  event?: (...subjects: Subjects) => VisitAddition | false | null | undefined;
};
