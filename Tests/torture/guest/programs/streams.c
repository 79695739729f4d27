/*
 * A host that closes its standard streams before it opens a client, as daemons do, and goes on writing to them: none of it
 * gets into a connection, and neither does the library's own log.
 *
 *     streams CLOSED      such as 2, 012
 *
 * Prints nothing, since there is nowhere to. Ends with 0, or with 99 when something is wrong.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <fcntl.h>
#include <sched.h>

static int is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }

static void expect_closed(const char *closed) {
    for (const char *digit = closed; *digit != 0; digit++) CHECK(!is_open(*digit - '0'));
}

/* What a host does that does not know the state of its streams. SIGPIPE has its default action. */
static void talk(const char *closed) {
    static const char text[] = "said by the host to a stream that it closed\n";
    for (const char *digit = closed; *digit != 0; digit++)
        if (write(*digit - '0', text, sizeof text - 1) == -1) CHECK(errno == EBADF || errno == EPERM);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    const char *closed = arguments[1];
    for (const char *digit = closed; *digit != 0; digit++) close(*digit - '0');
    for (int turn = 0; turn < 3; turn++) {
        tpc_client *client = client_open();
        for (int number = 0; number < 50; number++) {
            CHECK(client_track(client, "streams", turn * 50 + number) == TPC_OK);
            talk(closed);
        }
        CHECK(tpc_client_report_descriptor(client) > 2);
        for (uint64_t pending = 1; pending > 0; pending = client_stats(client).pending) {
            talk(closed);
            sched_yield();
        }
        CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
        expect_closed(closed);
        CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
        expect_closed(closed);
    }
    /* As a daemon opens its streams: what it gets is the number that it counts on. */
    for (const char *digit = closed; *digit != 0; digit++) CHECK(open("/dev/null", O_RDWR) == *digit - '0');
    return 0;
}
