// SPDX-License-Identifier: Apache-2.0
import { Client, ClientOptions, SentVisit, VisitAddition } from './index.js';

/** The options of a client, which are those of the process's shared one; or `client`, a client of your own. And two hooks. */
export interface PageVisitsOptions<Subjects extends unknown[]> extends ClientOptions {
  client?: Client;
  /** Returns what to add to the event, nothing, or false to leave the visit out. It is called when the response has been sent. */
  event?: (...subjects: Subjects) => Hooked<VisitAddition>;
  /**
   * Gets the whole event and returns the one to send, or nothing to leave the visit out. Redaction and the address's policy apply
   * to what it returns. If it fails, the visit is not sent.
   */
  beforeSend?: (event: SentVisit) => Hooked<SentVisit>;
}

type Hooked<Value> = Value | false | null | undefined | void | PromiseLike<Value | boolean | null | undefined | void>;
