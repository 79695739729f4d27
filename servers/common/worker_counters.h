/*
 * The counters of all workers of a web server, in memory that they share.
 *
 * Each worker has a slot, into which it copies its client's counters now and then. A slot's counters go on where its last
 * owner's ended, so that sums never fall and nothing is counted twice, whenever a worker dies, by kill -9 too. Nobody waits
 * for anybody: slots are taken by compare-and-swap, and a slot whose process is gone is given to the next worker that asks
 * when no other is free. A worker's slot is for one of its threads at a time. Release may run in a signal handler that ends
 * the process, even if it interrupts publish.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_WORKER_COUNTERS_H
#define TPC_SERVER_WORKER_COUNTERS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <tpc.h>

/* What the module counts beside the library. */
typedef struct {
    uint64_t errors;     /* requests whose visit could not be tracked, for whatever reason */
    uint64_t clientless; /* those of them for which there was no client */
} tpc_server_module_counters;

typedef struct tpc_server_counters tpc_server_counters; /* the shared memory */
typedef struct tpc_server_slot tpc_server_slot;         /* one worker's part of it */

/* What all workers have counted, those that have ended included. */
typedef struct {
    tpc_stats stats;                   /* pending, queue_bytes, in_flight and spool_bytes: of living workers only */
    tpc_server_module_counters module;
    uint64_t lost;    /* pending in memory when their worker died without closing its client; those in the spool: spooled */
    uint64_t workers; /* living workers that have a slot */
    uint64_t slots;   /* slots that there are */
} tpc_server_totals;

/* Bytes for this many workers. */
size_t tpc_server_counters_size(size_t workers);
/*
 * Prepares zeroed memory, aligned to 8 bytes, that processes which are forked later share. Memory that was prepared before
 * keeps its counters. Returns NULL if size is too small for one worker, or if another version of the module prepared it.
 */
tpc_server_counters *tpc_server_counters_begin(void *memory, size_t size);
/* Takes a slot for this process; NULL when all are taken by living processes. */
tpc_server_slot *tpc_server_counters_claim(tpc_server_counters *counters);
/* Writes what this worker has counted since it took the slot. stats->size says how much of stats is known; 0: nothing. */
void tpc_server_counters_publish(tpc_server_slot *slot, const tpc_stats *stats, const tpc_server_module_counters *module);
/*
 * Turns the statistics from just before a client's close into those after it, which the library no longer tells.
 * undelivered is what tpc_client_close says. What was pending beside that went into the spool, or else was delivered.
 */
void tpc_server_counters_closed(tpc_stats *stats, size_t undelivered);
/* Gives the slot back; the last counters stay in the sum. stats are the client's last ones: see above. */
void tpc_server_counters_release(tpc_server_slot *slot, const tpc_stats *stats, const tpc_server_module_counters *module);
/* Adds up all slots. Asks the system whether their processes live: for a request for the status, not for each request. */
void tpc_server_counters_sum(const tpc_server_counters *counters, tpc_server_totals *totals);

#endif
