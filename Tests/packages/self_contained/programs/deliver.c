/*
 * Sends what needs each part of the library: a request whose signature has to be verified, and one event from a child.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <sys/wait.h>

static const char request[] =
    "{\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"example.com\",\"target\":\"/a\",\"headers\":{\"sign"
    "ature-agent\":\"sig1=\\\"https://chatgpt.com\\\"\",\"signature-input\":\"sig1=(\\\"@authority\\\" "
    "\\\"@method\\\" \\\"@path\\\" \\\"signature-agent\\\";key=\\\"sig1\\\");created=1799999990;expires=1"
    "800000300;keyid=\\\"24AA77UJbR41zPkKVgAY4igbYcBtRP9Xs7PoufYi6Cc\\\";tag=\\\"web-bot-auth\\\""
    "\",\"signature\":\"sig1=:HTHFCeJv9NjlLGEuqqtPgoyv+v4VULEkpYceXyD9eXXybz18LaSJ7hebOTLRXGp"
    "E05BQJgnwgq7taNLlGcILCg==:\"},\"event\":{\"eventId\":\"signed\",\"occurredAt\":\"2027-01-15T08:00:00.000Z\"}}";

int main(void) {
    int status;
    size_t undelivered = 0;
    tpc_client *client = client_open();
    CHECK(tpc_client_track_request(client, request, TPC_NTS, NULL, NULL) == TPC_OK);
    for (long number = 0; number < 20; number++) CHECK(client_track(client, "parent", number) == TPC_OK);
    CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(client_track(client, "child", 0) == TPC_OK);
        CHECK(tpc_client_close(client, 60000, &undelivered) == TPC_OK && undelivered == 0);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(client_track(client, "parent", 20) == TPC_OK);
    CHECK(tpc_client_close(client, 60000, &undelivered) == TPC_OK && undelivered == 0);
    return 0;
}
