// SPDX-License-Identifier: Apache-2.0
import { Client, ClientOptions, VisitAddition } from './index.js';

/**
 * With `client`, that client is used; otherwise the process's shared one, with these options. `event` returns what to add
 * to the event; it is called when the response has been sent.
 */
export type PageVisitsOptions<Subjects extends unknown[]> = ClientOptions & {
  client?: Client;
  event?: (...subjects: Subjects) => VisitAddition | null | undefined;
};
