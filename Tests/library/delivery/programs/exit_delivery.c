/*
 * Ends by exit with events queued, and leaves their delivery to exit_timeout_ms.
 *
 *     exit_delivery plain|closed|forked|released|released-forked
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <sys/wait.h>

static void track_some(tpc_client *client, const char *sender, long count) {
    for (long number = 0; number < count; number++) CHECK(client_track(client, sender, number) == TPC_OK);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    tpc_client *client = client_open(), *other = client_open();
    track_some(client, "parent", 100);
    track_some(other, "other", 100);
    if (strcmp(arguments[1], "closed") == 0) CHECK(tpc_client_close(client, 0, NULL) != TPC_ERROR_CLOSED);
    if (strncmp(arguments[1], "released", 8) == 0) {
        CHECK(tpc_client_release(client) == TPC_OK && tpc_client_release(client) == TPC_ERROR_CLOSED);
        CHECK(client_track(client, "late", 0) == TPC_ERROR_CLOSED);
    }
    if (strcmp(arguments[1], "released-forked") == 0) {
        int status;
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            /* The slot of the parent's released client is free here. */
            CHECK(tpc_client_release(client) == TPC_ERROR_CLOSED);
            client = client_open();
            track_some(client, "child", 100);
            CHECK(tpc_client_release(client) == TPC_OK && tpc_client_release(other) == TPC_OK);
            exit(0);
        }
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
    if (strcmp(arguments[1], "forked") == 0) {
        pid_t children[2];
        for (int number = 0; number < 2; number++) {
            children[number] = fork();
            CHECK(children[number] >= 0);
            if (children[number] == 0) {
                /* The second has nothing of its own to deliver. */
                if (number == 0) track_some(client, "child", 100);
                exit(0);
            }
        }
        for (int number = 0; number < 2; number++) {
            int status;
            CHECK(waitpid(children[number], &status, 0) == children[number] && status == 0);
        }
    }
    exit(7);
}
