/*
 * A host with many thread-local variables, which the system takes out of every thread's stack: the sender has its own all the
 * same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"

static __thread char variables[4 << 20];

int main(void) {
    memset(variables, 1, sizeof variables);
    tpc_client *client = client_open();
    for (int number = 0; number < 20; number++) CHECK(client_track(client, "thread-locals", number) == TPC_OK);
    CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    CHECK(client_stats(client).delivered == 20);
    CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
    return 0;
}
