// SPDX-License-Identifier: Apache-2.0
import { Client, ClientOptions, VisitAddition } from './index.js';

/**
 * `client` is used when it is given; otherwise the process's shared one, with these options. `event` says what to add
 * to a visit; it is asked when the answer is out.
 */
export type PageVisitsOptions<Subjects extends unknown[]> = ClientOptions & {
  client?: Client;
  event?: (...subjects: Subjects) => VisitAddition | null | undefined;
};
