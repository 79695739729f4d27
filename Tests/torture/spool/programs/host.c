/*
 * A process that tracks visits until it is killed, in bursts, with moments of rest.
 *
 *     host NAME [EVENTS [REST]]
 *
 * After each event that was accepted it writes a line, in one piece: "+NAME-NUMBER", or "~NAME-NUMBER" when the event is not in
 * the spool. At SIGTERM, or after EVENTS (0: never), it writes "=" and its counters as JSON, and closes its client. With REST it
 * tracks one event at a time, each that many milliseconds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>

#include "client.h"

static volatile sig_atomic_t is_ended;

static void end(int number) {
    (void)number;
    is_ended = 1;
}

static void say(const char *line) { CHECK(write(1, line, strlen(line)) == (ssize_t)strlen(line)); }

static tpc_stats counters(tpc_client *client) {
    tpc_stats stats;
    CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_OK);
    return stats;
}

static void say_counters(const char *name, tpc_stats s) {
    char line[1024];
    snprintf(line, sizeof line,
             "={\"name\":\"%s\",\"accepted\":%lu,\"adopted\":%lu,\"delivered\":%lu,\"rejected\":%lu,\"expired\":%lu,\"abandoned\":%lu,"
             "\"pending\":%lu,\"spooled\":%lu,\"unspooled\":%lu,\"spool_bytes\":%lu,\"spool_errors\":%lu,\"spool_corrupt\":%lu}\n",
             name, s.accepted, s.adopted, s.delivered, s.rejected, s.expired, s.abandoned, s.pending, s.spooled, s.unspooled,
             s.spool_bytes, s.spool_errors, s.spool_corrupt);
    say(line);
}

int main(int count, char **arguments) {
    const char *name = arguments[1];
    long limit = count > 2 ? atol(arguments[2]) : 0;
    long rest = count > 3 ? atol(arguments[3]) : 0;
    unsigned seed = (unsigned)getpid();
    uint64_t unspooled = 0;
    signal(SIGTERM, end);
    tpc_client *client = client_open();
    for (long number = 0; !is_ended && (limit == 0 || number < limit);) {
        for (int burst = rest > 0 ? 1 : 1 + rand_r(&seed) % 8; burst > 0 && (limit == 0 || number < limit); burst--) {
            char line[128];
            int32_t status = client_track(client, name, number);
            uint64_t now = counters(client).unspooled;
            if (status == TPC_OK) {
                snprintf(line, sizeof line, "%c%s-%ld\n", now == unspooled ? '+' : '~', name, number);
                say(line);
            }
            unspooled = now;
            number++;
        }
        usleep(rest > 0 ? (unsigned)rest * 1000 : (unsigned)rand_r(&seed) % 24000);
    }
    say_counters(name, counters(client));
    tpc_client_close(client, 20000, NULL);
    return 0;
}
