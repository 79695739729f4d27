/*
 * A program for which secure_getenv gives nothing, as for one that runs with more rights than the user who started it: neither
 * whom it trusts nor where its keys are written is that user's choice.
 *
 *     privileged URL
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"

char *secure_getenv(const char *name) {
    (void)name;
    return NULL;
}

static void set(tpc_options *options, const char *name, const char *value) {
    CHECK(tpc_options_set(options, name, TPC_NTS, value, TPC_NTS, NULL) == TPC_OK);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    tpc_error error;
    tpc_client *client;
    tpc_options *options = tpc_options_new();
    set(options, "base_url", arguments[1]);
    set(options, "api_key", "key-of-the-program");
    set(options, "retry_initial_ms", "1");
    if (getenv("SSLKEYLOGFILE") != NULL) {
        CHECK(tpc_client_new(options, &client, &error) == TPC_ERROR_SYSTEM && strcmp(error.field, "SSLKEYLOGFILE") == 0);
        return 0;
    }
    CHECK(tpc_client_new(options, &client, &error) == TPC_OK);
    CHECK(client_track(client, "privileged", 0) == TPC_OK);
    while (client_stats(client).failed_requests < 2) usleep(1000);
    CHECK(tpc_client_close(client, 0, NULL) == TPC_ERROR_TIMEOUT);
    return 0;
}
