/*
 * Makes, uses and closes a number of clients, and as many that are never used. Neither descriptors nor threads grow, nor memory
 * beyond what an allocator keeps.
 *
 *     cycles COUNT
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"

static void cycle(int turn) {
    tpc_client *used = client_open(), *unused = client_open();
    for (int number = 0; number < 5; number++) CHECK(client_track(used, "cycle", turn * 5 + number) == TPC_OK);
    CHECK(tpc_client_report_descriptor(used) >= 0 && tpc_client_report_descriptor(unused) >= 0);
    CHECK(tpc_client_close(used, 60000, NULL) == TPC_OK);
    CHECK(tpc_client_close(unused, 0, NULL) == TPC_OK);
    await_threads(1);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    int turns = atoi(arguments[1]);
    cycle(0);
    int before = descriptors();
    long resident = 0;
    for (int turn = 1; turn < turns; turn++) {
        if (turn == 50) resident = memory_bytes("VmRSS");
        cycle(turn);
    }
    CHECK(descriptors() == before);
    CHECK(memory_bytes("VmRSS") - resident < 2 << 20);
    return 0;
}
