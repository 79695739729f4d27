/*
 * Closes a client while a forked child lives on, with duplicates of its connections. Says so, and stays until it is ended.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <signal.h>
#include <sys/prctl.h>

int main(void) {
    tpc_client *client = client_open();
    CHECK(client_track(client, "heir", 0) == TPC_OK);
    CHECK(tpc_client_flush(client, 50000, NULL) == TPC_OK);
    pid_t parent = getpid(), child = fork();
    CHECK(child != -1);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* It may have been ended already. */
        if (getppid() != parent) return 0;
        for (;;) pause();
    }
    CHECK(tpc_client_close(client, 50000, NULL) == TPC_OK);
    puts("closed");
    fflush(stdout);
    for (;;) pause();
}
