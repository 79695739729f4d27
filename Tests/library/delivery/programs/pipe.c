/*
 * Has SIGPIPE's default action, which ends a process, and the server resets connections: delivers all the same. The log
 * goes to a pipe whose reading end is closed, too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <signal.h>

int main(void) {
    int pipes[2];
    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    CHECK(pipe(pipes) == 0);
    CHECK(close(pipes[0]) == 0);
    char number[16];
    snprintf(number, sizeof number, "%d", pipes[1]);
    CHECK(setenv("TPC_LOG_DESCRIPTOR", number, 1) == 0 && setenv("THE_PROMPTING_COMPANY_LOG", "debug", 1) == 0);
    tpc_client *client = client_open();
    for (int event = 0; event < 100; event++) CHECK(client_track(client, "pipe", event) == TPC_OK);
    CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
    struct sigaction action;
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    return 0;
}
