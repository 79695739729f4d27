/*
 * Uses the library when the end of the process has reached its libraries, for the first time or again. OpenSSL ends then, so that a
 * first client is refused, and one that is made later than that sends nothing.
 *
 *     late_exit first|again OBJECT
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <dlfcn.h>

static void make_first(void) {
    tpc_client *client;
    for (int turn = 0; turn < 2; turn++) CHECK(tpc_client_new(NULL, &client, NULL) == TPC_ERROR_SYSTEM);
    printf("refused\n");
}

static void make_another(void) {
    size_t left;
    tpc_client *client = client_open();
    CHECK(client_track(client, "late", 0) == TPC_OK);
    CHECK(tpc_client_close(client, 10, &left) == TPC_ERROR_TIMEOUT && left == 1);
    printf("made another\n");
}

int main(int count, char **arguments) {
    CHECK(count == 3);
    void (**at_end)(void) = dlsym(dlopen(arguments[2], RTLD_NOW), "at_end");
    CHECK(at_end != NULL);
    if (strcmp(arguments[1], "again") == 0) {
        tpc_client *client = client_open();
        CHECK(client_track(client, "early", 0) == TPC_OK);
        CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
        *at_end = make_another;
    } else {
        *at_end = make_first;
    }
    return 0;
}
