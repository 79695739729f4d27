/*
 * A host whose standard error is a pipe that nobody reads any more, and that leaves SIGPIPE alone: it ends with its own exit
 * code, though the library has something to say at its end.
 *
 *     broken_log TIMES
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <sys/wait.h>

static void end_with_pending_events(void) {
    int ends[2];
    CHECK(pipe(ends) == 0 && dup2(ends[1], 2) == 2);
    close(ends[0]);
    tpc_options *options = tpc_options_new();
    tpc_client *client;
    CHECK(tpc_options_load_environment(options, NULL) == TPC_OK);
    /* Nobody listens there. */
    CHECK(tpc_options_set(options, "base_url", TPC_NTS, "http://127.0.0.1:1", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_options_set(options, "exit_timeout_ms", TPC_NTS, "1", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_client_new(options, &client, NULL) == TPC_OK);
    tpc_options_free(options);
    CHECK(client_track(client, "pending", 0) == TPC_OK);
    exit(7);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    for (int turn = 0; turn < atoi(arguments[1]); turn++) {
        int status;
        pid_t child = fork();
        if (child == 0) end_with_pending_events();
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    }
    tpc_client *client = client_open();
    CHECK(client_track(client, "log", 0) == TPC_OK);
    CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
    return 0;
}
