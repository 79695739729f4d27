/*
 * A thread of each child that has visits: it writes the library's log lines into the error log, copies the counters into the
 * memory that the children share, and closes the client in the end.
 *
 * A thread, because nothing else in a child runs without a request, and a line about an endpoint that fails has to be seen
 * while nobody asks for a page. A pipe, or descriptor 2, would need no thread for the lines; but with ErrorLog syslog
 * descriptor 2 goes nowhere, and the end needs the thread anyway: prefork ends its children inside the handler of SIGTERM,
 * which may have interrupted malloc, in any module. There, only another thread can close a client.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_APACHE_HOUSEKEEPER_H
#define TPC_APACHE_HOUSEKEEPER_H

#include "mod_tpc.h"

/* Starts no thread: a child without a visit needs none. client and slot may be NULL. */
void tpc_apache_housekeeper_begin(tpc_client *client, tpc_server_slot *slot, int32_t shutdown_timeout,
                                  server_rec *server);
/* Starts the thread, if it does not run. */
void tpc_apache_housekeeper_start(void);
/* Wakes the thread up, for as long as something changes. Call it after what changes something; it costs little. */
void tpc_apache_housekeeper_wake(void);
/*
 * Closes the client, and returns when that is done or shutdown_timeout and a second are over. May be called in a signal
 * handler: allocates nothing and takes no lock.
 */
void tpc_apache_housekeeper_end(void);

#endif
