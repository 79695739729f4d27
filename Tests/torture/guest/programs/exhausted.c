/*
 * A host without a descriptor, or without address space, to spare: calls answer with an error and change nothing, and work
 * again as soon as there is some.
 *
 *     exhausted descriptors|memory STEP
 *
 * With 0 to 11 descriptors left, or 0 to 4096 KiB of address space, in such steps.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { PATIENCE = 60000, EVENTS = 20 };

static void limit(int resource, rlim_t value) {
    struct rlimit now;
    CHECK(getrlimit(resource, &now) == 0);
    now.rlim_cur = value;
    CHECK(setrlimit(resource, &now) == 0);
}

static void deliver(tpc_client *client, const char *sender) {
    for (int number = 0; number < EVENTS; number++) CHECK(client_track(client, sender, number) == TPC_OK);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
}

/* Every number below the limit is taken, but for `spare` of them. */
static int take_descriptors(int *taken, int spare) {
    int count = 0;
    while ((taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) count++;
    while (spare-- > 0) close(taken[--count]);
    return count;
}

/* With no descriptor, and with one more each time: refused, or taken and delivered once there are enough. */
static void without_descriptors(int step) {
    static int taken[256];
    limit(RLIMIT_NOFILE, 64);
    for (int spare = 0; spare < 12; spare += step) {
        char sender[32];
        snprintf(sender, sizeof sender, "spare-%d", spare);
        tpc_client *client = client_open();
        int count = take_descriptors(taken, spare);
        int32_t status = client_track(client, sender, 0);
        CHECK(status == TPC_OK || status == TPC_ERROR_SYSTEM);
        CHECK(client_stats(client).accepted == (status == TPC_OK));
        tpc_client_report_descriptor(client);
        tpc_client_flush(client, 20, NULL);
        while (count > 0) close(taken[--count]);
        for (int number = status == TPC_OK; number < EVENTS; number++) CHECK(client_track(client, sender, number) == TPC_OK);
        CHECK(tpc_client_report_descriptor(client) > 2);
        CHECK(tpc_client_flush(client, PATIENCE, NULL) == TPC_OK);
        CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    }
}

static rlim_t address_space(void) {
    unsigned long pages;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%lu", &pages) == 1);
    fclose(file);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/*
 * With the given KiB of address space left: a client is refused or not, and so is each event. What is taken is delivered when
 * there is room again. Memory of the C library's own heap may be left in each case.
 */
static void without_memory(rlim_t step) {
    static char text[32768];
    deliver(client_open(), "before");
    memset(text, 'x', sizeof text);
    for (rlim_t kibibytes = 0; kibibytes <= 4096; kibibytes += step) {
        tpc_client *client = NULL;
        long taken = 0;
        limit(RLIMIT_AS, address_space() + kibibytes * 1024);
        int32_t status = tpc_client_new(NULL, &client, NULL);
        CHECK(status == TPC_OK || status == TPC_ERROR_NO_MEMORY || status == TPC_ERROR_SYSTEM);
        for (int number = 0; status == TPC_OK && number < 400; number++) {
            tpc_event *event = tpc_event_new();
            if (event == NULL) continue;
            int32_t set = tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/", TPC_NTS, NULL);
            if (set == TPC_OK) set = tpc_event_set_string_property(event, "text", TPC_NTS, text, 16000, NULL);
            int32_t tracked = set == TPC_OK ? tpc_client_track(client, event, NULL) : set;
            CHECK(tracked == TPC_OK || tracked == TPC_ERROR_NO_MEMORY || tracked == TPC_ERROR_SYSTEM);
            taken += tracked == TPC_OK;
            tpc_event_free(event);
        }
        limit(RLIMIT_AS, RLIM_INFINITY);
        if (client == NULL) continue;
        CHECK(client_stats(client).accepted == (uint64_t)taken);
        CHECK(tpc_client_flush(client, PATIENCE, NULL) == TPC_OK);
        CHECK(client_stats(client).delivered == (uint64_t)taken);
        CHECK(client_track(client, "after", (long)kibibytes) == TPC_OK);
        CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    }
}

int main(int count, char **arguments) {
    CHECK(count == 3 && atoi(arguments[2]) > 0);
    if (strcmp(arguments[1], "descriptors") == 0) without_descriptors(atoi(arguments[2]));
    else without_memory((rlim_t)atoi(arguments[2]));
    return 0;
}
